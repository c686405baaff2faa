/** The examples of the README, as they are written there, run. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { transform } from 'esbuild'
import * as limits from '../src/index.ts'
import { redisLimiter } from '../src/redis.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

/** The body of a function: imports become calls, and types are left out. */
async function runnable(example: string, wanted: readonly string[]): Promise<string> {
  const called = example
    .replace(/^import (\{[^}]+\}) from ('[^']+')$/gm, 'const $1 = await load($2)')
    .replace('listen(8080)', "listen(0, '127.0.0.1')")
  const whole = `async function example() {${called}\nreturn [${wanted.join()}] }`
  const { code } = await transform(whole, { loader: 'ts' })
  return `${code}; return await example()`
}

/** Runs the one example with some text in it, and gives what it declares under some names. */
async function run(
  mark: string,
  world: Readonly<Record<string, unknown>>,
  ...wanted: readonly string[]
): Promise<readonly unknown[]> {
  const found = examples.filter((example) => example.includes(mark))
  assert.equal(found.length, 1, mark)
  const known: Readonly<Record<string, unknown>> = { ...limits, ...world }
  const AsyncFunction = Object.getPrototypeOf(runnable).constructor
  const body = new AsyncFunction(...Object.keys(known), await runnable(found[0] ?? '', wanted))
  return await body(...Object.values(known))
}

const partner = limits.limitPolicy({ name: 'partner', quota: 600, windowSeconds: 60, burst: 100 })

test('the first example limits a server, and its answer is the one beside it [S2]', async (t) => {
  const servers: Server[] = []
  const made = (listener: RequestListener): Server => {
    const server = createServer(listener)
    servers.push(server)
    return server
  }
  const modules = { 'node:http': { createServer: made }, '@mintmark/limits': limits }
  await run('listen(8080)', {
    load: async (name: keyof typeof modules) => modules[name],
    verifiedClientOf: async () => undefined,
  })
  const [server] = servers
  assert.ok(server !== undefined)
  t.after(() => server.close())
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let admitted = 0
  let answer = await systemTransport(origin)
  // A slow machine gets a unit back for each second that it takes.
  for (; answer.status === 200 && admitted < 500; admitted++) answer = await systemTransport(origin)
  assert.ok(admitted >= 60)
  const { status, headers } = answer
  const shown = /```\nHTTP\/1\.1 (\d+) .*?```/s.exec(readme)
  assert.equal(String(status), shown?.[1])
  for (const [, name = '', value = ''] of shown?.[0].matchAll(/^([a-z-]+): (.*)$/gm) ?? []) {
    // A wait of a second may have up to a quarter of one on top, and seconds are whole.
    assert.match(headers.get(name) ?? '', new RegExp(`^${value.replace(/1$/, '[12]')}$`), name)
  }
})

test('the examples of policies and of limiters are what they are said to be', async () => {
  const [perMinute, perDay] = await run('perDay = ', {}, 'perMinute', 'perDay')
  const world = { perMinute, perDay, clientId: 'a', limiter: limits.memoryLimiter() }
  const [verdict] = (await run('limiter.check([', world, 'verdict')) as [limits.LimitVerdict]
  assert.deepEqual(
    verdict.states.map(({ policy, remaining }) => [policy.mode, remaining]),
    [
      ['enforced', 99],
      ['shadow', 49_995],
    ],
  )
  assert.deepEqual([verdict.allowed, verdict.basis], [true, 'buckets'])
})

test('the example of a limiter in Redis takes a connection, and counts for itself without one', async () => {
  const redis = { evalsha: () => Promise.reject(new Error('away')), eval: async () => undefined }
  const world = {
    ...{ redis, namingSecret: new Uint8Array(32), console: { log: () => undefined } },
    load: async () => ({ redisLimiter }),
  }
  const [limiter] = (await run('redisLimiter({', world, 'limiter')) as [limits.Limiter]
  assert.equal((await limiter.check([{ policy: partner, key: 'a' }])).basis, 'local')
})

test('the example of failed authentication refuses whoever failed too often', async () => {
  const failures = limits.createFailureRing({ limiter: limits.memoryLimiter() })
  const address = limits.parseIpAddress('192.0.2.1')
  let refusals = 0
  const world = {
    ...{ failures, address, clientId: 'a', request: {}, authenticate: async () => false },
    tooManyFailures: () => {
      refusals += 1
    },
  }
  for (let at = 0; at < 12; at++) await run('failures.peek', world)
  assert.equal(refusals, 2)
})

test('the example of a simulation tells what a log would have met', async () => {
  const accessLog = Array.from({ length: 31 }, () => '192.0.2.1')
  const parse = (address: string) => ({ wallMs: 1_000, address })
  const [refused, top] = await run('RingSimulation(', { accessLog, parse }, 'refused', 'top')
  assert.equal(refused, 1)
  assert.equal((top as readonly limits.SimulatedKey[])[0]?.key, '192.0.2.1')
})
