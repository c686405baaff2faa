/** Used proofs of several guard processes in a real Redis: all see a replay, and an outage does what was said. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createGuard, type GuardedRequest, type GuardOptions } from '@mintmark/resource-server'
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

/** A guard of this process with whatever a process has by default, and a request with a proof that nobody used. */
async function guardBeside(context: TestContext, redis: RedisProcess, more: GuardOptions = {}) {
  const { issuer, fields } = await startCaller(context)
  const connection = new Redis({ host: '127.0.0.1', port: redis.port })
  context.after(() => connection.disconnect())
  await connection.ping()
  const start = () => {
    const replayStore = redisReplayStore({ redis: connection })
    const guard = createGuard({ issuer, audience, publicOrigin, replayStore, ...more })
    context.after(() => guard.dispose())
    return guard
  }
  const request = async (): Promise<GuardedRequest> => {
    return { headers: await fields(), method: 'GET', url: '/orders' }
  }
  return { start, request }
}

test('a Redis that is paused is waited for 25 ms by whoever asks first, and by nobody else [R5]', async (context) => {
  const redis = await startRedis(context)
  const { start, request } = await guardBeside(context, redis)
  const waitsMs: number[] = []
  for (let at = 0; at < 5; at += 1) {
    const guard = start()
    assert.equal((await guard.check(await request())).admitted, true)
    const [first, second] = [await request(), await request()]
    redis.pause()
    const startedMs = performance.now()
    const verdict = await guard.check(first)
    waitsMs.push(performance.now() - startedMs)
    const verdicts = [verdict, await guard.check(second)]
    redis.resume()
    for (const refused of verdicts) {
      assert.ok(!refused.admitted)
      assert.deepEqual([refused.status, refused.code], [503, 'proof_store_unavailable'])
    }
  }
  const shortestMs = Math.min(...waitsMs)
  // On a busy machine each single one may take longer, but not all of them.
  assert.ok(shortestMs >= 20 && shortestMs < 250, `${shortestMs} ms`)
})

test('a Redis that goes on after a pause is asked again, and knows what it was sent then [R5]', async (context) => {
  const redis = await startRedis(context)
  const { start, request } = await guardBeside(context, redis)
  const guard = start()
  assert.equal((await guard.check(await request())).admitted, true)
  const during = await request()
  redis.pause()
  assert.equal((await guard.check(during)).admitted, false)
  redis.resume()
  await eventually(async () => {
    assert.equal((await guard.check(await request())).admitted, true)
  })
  for (const each of [guard, start()]) {
    const verdict = await each.check(during)
    assert.equal(verdict.admitted ? 'admitted' : verdict.code, 'proof_replayed')
  }
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
