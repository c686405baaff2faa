/**
 * The same programs on every runtime that Mintmark promises, on the compiled packages and over real sockets: each must
 * print the same results, and end by itself although its clients are alive (requirement C15).
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext, test } from 'node:test'
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import { createSealing } from '@mintmark/client/shared-store'
import { redact } from '@mintmark/protocol'
import { fixtureKeys, seededRandom, the } from '@mintmark/testkit'
import { bundleUnitTests } from './bundled-unit-tests.ts'
import { clientResults, guardResults, jwtResults } from './expected-results.ts'
import { type InstalledRuntime, installedRuntimes } from './installed-runtimes.ts'
import { startPartnerWorld } from './partner-world.ts'

const runtimes = installedRuntimes()

/** A program that has not ended by then would not have ended by itself. */
const PROGRAM_SECONDS_MAX = 60

async function resultsOf(
  { command }: InstalledRuntime,
  scenario: string,
  args: readonly string[],
): Promise<object> {
  const [program, ...flags] = command
  const script = join(import.meta.dirname, 'scenarios', `${scenario}.js`)
  const child = spawn(program, [...flags, script, ...args], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PROGRAM_SECONDS_MAX * 1_000,
  })
  const [printed, complaints] = [child.stdout, child.stderr].map((stream) => {
    const chunks: string[] = []
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
    return chunks
  })
  const [exitCode] = await once(child, 'close')
  assert.deepEqual([exitCode, complaints?.join('')], [0, ''])
  const lines = printed?.join('').trimEnd().split('\n') ?? []
  return Object.fromEntries(lines.map((line) => JSON.parse(line)))
}

async function startIssuer(context: TestContext) {
  const running = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:') }),
  })
  context.after(() => running.close())
  const { registry, issuer } = running.server
  await registry.createResource({ id: the.audience, scope: 'read write' })
  const created = await registry.createClient({ id: the.clientId, scope: 'read' })
  assert.ok(created.ok)
  return { issuer, clientSecret: created.value.clientSecret?.reveal() ?? '' }
}

/** A key and an entry sealed with it: processes of one fleet may run on different runtimes. */
async function sealedHere(): Promise<readonly [storeKey: string, sealed: string]> {
  const key = seededRandom(1).bytes(32)
  const sealing = createSealing({ keys: key })
  const name = await sealing.nameOf('entry', 'a key')
  const sealed = await sealing.seal(name, 1, redact('shared entry', 'sealed elsewhere'))
  return [Buffer.from(key).toString('base64'), sealed]
}

test('the runtimes are Node 20, 22, 24 and 26, Bun and Deno, as far as there are builds of them', () => {
  const names = runtimes.map(({ name }) => name).toSorted()
  const everywhere = ['bun', 'deno', 'node-26']
  const onLinux = ['bun', 'deno', 'node-20', 'node-22', 'node-24', 'node-26']
  assert.deepEqual(names, process.platform === 'linux' ? onLinux : everywhere)
})

// Most of what a scenario does is wait, so several run at a time.
describe('on every runtime', { concurrency: 3 }, () => {
  for (const runtime of runtimes) {
    it(`a client lives the same life on ${runtime.name}, and lets it end [C15] [C5] [C10]`, async (context) => {
      const world = await startPartnerWorld()
      context.after(() => world.close())
      const privateJwk = JSON.stringify(fixtureKeys.ES256)
      const args = [world.origin, the.clientSecret, privateJwk, ...(await sealedHere())]
      assert.deepEqual(await resultsOf(runtime, 'client', args), clientResults)
    })

    it(`a guard gives the same answers on ${runtime.name} [R1]`, async (context) => {
      const { issuer, clientSecret } = await startIssuer(context)
      const results = await resultsOf(runtime, 'guard', [issuer, the.clientId, clientSecret])
      assert.deepEqual(results, guardResults)
    })

    it(`every engine of ${runtime.name} makes and judges every kind of signature`, async () => {
      assert.deepEqual(await resultsOf(runtime, 'jwt', []), jwtResults)
    })
  }
})

test('the unit tests of the portable packages pass on the oldest Node [C15]', async () => {
  const oldest = runtimes.find(({ name }) => name === 'node-20')
  assert.ok(oldest, 'there is no build of Node 20 for this machine')
  const args = ['--test', '--test-reporter=tap', await bundleUnitTests()]
  // An empty environment: a test runner that finds itself in another one runs nothing.
  const child = spawn(oldest.command[0], args, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] })
  const report = await text(child.stdout)
  const failed = report.split('\n').filter((line) => /^ *not ok /.test(line))
  assert.deepEqual(failed, [])
  assert.match(report, /^# pass [1-9]\d{3}$/m)
})
