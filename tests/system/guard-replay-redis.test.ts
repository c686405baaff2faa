/** Used proofs of several guard processes in a real Redis: all see a replay, and an outage does what was said. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { redisReplayStore } from '@mintmark/resource-server/redis'
import { eventually, type RedisProcess, startRedisServer } from '@mintmark/testkit'
import { Redis } from 'ioredis'
import { audience, publicOrigin, startCaller } from './bound-caller.ts'
import type { GuardWorkerSettings } from './guard-worker.ts'

const program = fileURLToPath(new URL('./guard-worker.ts', import.meta.url))

interface GuardProcess {
  readonly origin: string
  readonly events: readonly string[]
}

async function startProcess(
  context: TestContext,
  settings: GuardWorkerSettings,
): Promise<GuardProcess> {
  const child = fork(program, [JSON.stringify(settings)], { execArgv: ['--conditions=source'] })
  context.after(() => child.kill('SIGKILL'))
  const events: string[] = []
  child.on('message', (message: { event?: string }) => {
    if (message.event !== undefined) events.push(message.event)
  })
  const [{ port }] = await once(child, 'message')
  return { origin: `http://127.0.0.1:${port}`, events }
}

const statusAt = async ({ origin }: GuardProcess, headers: Record<string, string>) => {
  const response = await fetch(`${origin}/orders`, { headers })
  await response.body?.cancel()
  return response.status
}

async function startRedis(context: TestContext): Promise<RedisProcess> {
  const redis = await startRedisServer()
  context.after(() => redis.stop())
  return redis
}

test('of one proof at two processes at the same time one is served [R5]', async (context) => {
  const [{ port: redisPort }, { issuer, fields }] = await Promise.all([
    startRedis(context),
    startCaller(context),
  ])
  const settings = { issuer, audience, publicOrigin, redisPort, whenUnavailable: 'refuse' } as const
  const processes = await Promise.all([1, 2].map(() => startProcess(context, settings)))
  for (let at = 0; at < 20; at += 1) {
    const sent = await fields()
    const statuses = await Promise.all(processes.map((each) => statusAt(each, sent)))
    assert.deepEqual(statuses.toSorted(), [200, 401])
    assert.equal(await statusAt(processes[at % 2] as GuardProcess, sent), 401)
  }
})

test('while Redis is gone nobody is served, or each process goes by its own memory, as told [R5]', async (context) => {
  const [redis, { issuer, fields }] = await Promise.all([startRedis(context), startCaller(context)])
  const shared = { issuer, audience, publicOrigin, redisPort: redis.port }
  const [closed, local] = await Promise.all([
    startProcess(context, { ...shared, whenUnavailable: 'refuse' }),
    startProcess(context, { ...shared, whenUnavailable: 'local' }),
  ])
  const before = await fields()
  assert.equal(await statusAt(closed, before), 200)
  assert.equal(await statusAt(local, before), 401)
  await redis.stop()
  const response = await fetch(`${closed.origin}/orders`, { headers: await fields() })
  assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1'])
  assert.equal(response.headers.get('www-authenticate'), null)
  const sent = await fields()
  assert.deepEqual([await statusAt(local, sent), await statusAt(local, sent)], [200, 401])
  await eventually(() => {
    for (const { events } of [closed, local]) assert.ok(events.includes('replay_store_unavailable'))
  })
})

test('a store in Redis tells nothing of proofs but digests, and forgets them in time [R5]', async (context) => {
  const { port } = await startRedis(context)
  const redis = new Redis({ host: '127.0.0.1', port })
  context.after(() => redis.disconnect())
  const store = redisReplayStore({ redis, prefix: 'api:' })
  const entry = { key: 'a'.repeat(43), expiresAtWallMs: 61_000 }
  assert.deepEqual(await store.consumeReplay([entry], 1_000), [true])
  assert.deepEqual(await redis.keys('*'), [`api:${entry.key}`])
  const lifetimeMs = await redis.pttl(`api:${entry.key}`)
  assert.ok(lifetimeMs > 50_000 && lifetimeMs <= 60_000)
})
