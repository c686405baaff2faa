/** The limiter when Redis is dead, paused or slow: every decision in time, by the declared rule, and no trace later. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Limiter, limitPolicy } from '@mintmark/limits'
import { eventually } from '@mintmark/testkit'
import { limiterOn, serverFor, standalone } from './limits-worlds.ts'
import { startSlowProxy } from './slow-proxy.ts'

const hourly = limitPolicy({ name: 'hourly', quota: 1_000, windowSeconds: 3_600 })
const requests = [{ policy: hourly, key: 'partner-a' }]

/** The default, which this is about. */
const inTime = { deadlineMs: 25 }

/** Far more than one deadline, far less than one for each: no queue, and no measurement of a busy machine. */
const DECISIONS = 400
const ALL_WITHIN_MS = 4_000

async function manyDecisions(limiter: Limiter): Promise<Readonly<Record<string, number>>> {
  const startedAt = performance.now()
  const counts: Record<string, number> = {}
  for (let count = 0; count < DECISIONS; count++) {
    const { basis } = await limiter.check(requests)
    counts[basis] = (counts[basis] ?? 0) + 1
  }
  const tookMs = performance.now() - startedAt
  assert.ok(tookMs < ALL_WITHIN_MS, `${DECISIONS} decisions took ${tookMs} ms`)
  return counts
}

/** Until decisions are made in Redis: a busy machine may miss the first deadlines. */
async function untilShared(limiter: Limiter): Promise<void> {
  await eventually(async () => assert.equal((await limiter.peek(requests)).basis, 'buckets'))
}

for (const [library, to] of standalone) {
  describe(`redisLimiter in trouble: ${library}`, { concurrency: 1 }, () => {
    test('a paused Redis delays no decision beyond its deadline, and all but the first not at all [A10]', async (t) => {
      const { server, world } = await shared(t)
      server.pause()
      const { local = 0 } = await manyDecisions(world.limiter)
      server.resume()
      assert.equal(local, DECISIONS)
    })

    test('what was decided without a paused Redis takes nothing there when it goes on [A10]', async (t) => {
      const { server, world } = await shared(t)
      server.pause()
      await manyDecisions(world.limiter)
      server.resume()
      await untilShared(world.limiter)
      const { states } = await world.limiter.peek(requests)
      assert.equal(states[0]?.remaining, 1_000)
    })

    test('a dead Redis delays no decision, and is asked again when it is back [A10]', async (t) => {
      const { server, world } = await shared(t)
      await server.kill()
      const { local = 0 } = await manyDecisions(world.limiter)
      assert.equal(local, DECISIONS)
      await server.restart()
      await untilShared(world.limiter)
      const types = world.events.map(({ type }) => type)
      assert.ok(types.includes('shared_limits_unavailable'))
      assert.equal(types.at(-1), 'shared_limits_recovered')
      // What the library kept for the server while it was away takes nothing any more.
      const { states } = await world.limiter.peek(requests)
      assert.equal(states[0]?.remaining, 1_000)
    })

    test('a Redis that takes longer than the deadline is as good as none [A10]', async (t) => {
      const server = await serverFor(t)
      const proxy = await startSlowProxy(server.port)
      t.after(() => proxy.close())
      const { limiter } = await limiterOn(t, to({ ...server, port: proxy.port }), inTime)
      await untilShared(limiter)
      proxy.delayMs = 300
      const { local = 0 } = await manyDecisions(limiter)
      assert.equal(local, DECISIONS)
      proxy.delayMs = 0
      await untilShared(limiter)
    })

    test('does what it was told to do without Redis: allow, or refuse with a time [A10]', async (t) => {
      const server = await serverFor(t)
      const [allowing, refusing] = await Promise.all(
        (['allow', 'refuse'] as const).map((whenUnavailable) =>
          limiterOn(t, to(server), { ...inTime, whenUnavailable }),
        ),
      )
      assert.ok(allowing !== undefined && refusing !== undefined)
      await server.kill()
      const { allowed, basis } = await allowing.limiter.check(requests)
      assert.deepEqual([allowed, basis], [true, 'nothing'])
      const refusal = await refusing.limiter.check(requests)
      assert.deepEqual([refusal.allowed, refusal.basis], [false, 'nothing'])
      assert.ok(refusal.retryAfterMs > 0 && refusal.retryAfterMs <= 250)
    })

    async function shared(t: TestContext) {
      const server = await serverFor(t)
      const world = await limiterOn(t, to(server), inTime)
      await untilShared(world.limiter)
      return { server, world }
    }
  })
}
