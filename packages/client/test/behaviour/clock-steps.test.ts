import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '@mintmark/runtime'
import { FakeClock, jsonResponse, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { apiUrl, clientWorld, emptyAnswer, outcomeOf } from '../client-world.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

test('attaches no expired token after two hours of sleep, and the next call renews [C2]', async () => {
  const { client, network, tokenEndpoint, clock } = clientWorld()
  network.respond(apiUrl, jsonResponse({}))
  await client.fetch(apiUrl)
  clock.stepWall(2 * HOUR_MS)
  assert.equal(client.ready(), false)
  assert.equal(client.currentToken(), undefined)
  await client.fetch(apiUrl)
  const sent = network.requestsTo(apiUrl).map(({ headers }) => headers.get('authorization'))
  assert.deepEqual(sent, [`Bearer ${tokenEndpoint.token(1)}`, `Bearer ${tokenEndpoint.token(2)}`])
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('counts a short sleep as age: the token is served, and renewed that much earlier [C2] [C3]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({ renewal: { secondsBeforeExpiry: 600 } })
  const token = await client.token()
  clock.stepWall(20 * MINUTE_MS)
  assert.equal(await client.token(), token)
  assert.equal(tokenEndpoint.requestCount, 1)
  // Half an hour of running and twenty minutes of sleep: the renewal, due after about fifty, begins.
  await clock.advance(30 * MINUTE_MS)
  assert.equal(await client.token(), token)
  await clock.advance(0)
  assert.equal((await client.token()).reveal(), tokenEndpoint.token(2))
})

test('renews once after a step of the wall clock, however far it goes [C2]', async () => {
  for (const hours of [1, 24, 24 * 365 * 50]) {
    const { client, tokenEndpoint, clock } = clientWorld()
    await client.token()
    clock.stepWall(hours * HOUR_MS)
    for (let second = 0; second < 1_800; second += 1) {
      await client.token()
      await clock.advance(1_000)
    }
    assert.equal(tokenEndpoint.requestCount, 2, `${hours} h`)
  }
})

test('lets no step back lengthen the life of a token, and renews for none [C2]', async () => {
  for (const hours of [-1, -24, -24 * 365 * 50]) {
    const { client, tokenEndpoint, clock } = clientWorld({}, { expiresInSeconds: 300 })
    const token = await client.token()
    await clock.advance(100_000)
    clock.stepWall(hours * HOUR_MS)
    assert.equal(await client.token(), token)
    assert.equal(tokenEndpoint.requestCount, 1)
    tokenEndpoint.fail(...Array.from({ length: 99 }, () => emptyAnswer(503)))
    for (let second = 100; second < 269; second += 1) {
      await clock.advance(1_000)
      assert.equal(await client.token(), token, `${hours} h, ${second} s`)
    }
    await clock.advance(1_000)
    assert.equal(client.currentToken(), undefined, `${hours} h`)
  }
})

test('takes a token up again when the wall clock that ran ahead is set right [C2] [C7]', async () => {
  const { client, clock, network } = clientWorld()
  const token = await client.token()
  network.respond(the.tokenEndpoint, emptyAnswer(503))
  clock.stepWall(5 * HOUR_MS)
  assert.notEqual((await outcomeOf(client.token())).error, undefined)
  clock.stepWall(-5 * HOUR_MS)
  assert.equal(await client.token(), token)
})

test('notices sleep that comes after the wall clock was stepped back [C2]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  await client.token()
  clock.stepWall(-3 * HOUR_MS)
  await client.token()
  clock.stepWall(2 * HOUR_MS)
  assert.equal((await client.token()).reveal(), tokenEndpoint.token(2))
})

test('gives out no token past its lifetime by either clock, whatever the wall clock does [C2]', async () => {
  // Nothing steps a clock more than once in two seconds.
  const moments = fc.array(
    fc.record({
      waitMs: fc.integer({ min: 2_000, max: 60_000 }),
      stepMs: fc.oneof(
        fc.constant(0),
        fc.integer({ min: -2_000, max: 2_000 }),
        fc.integer({ min: -400_000, max: 400_000 }),
      ),
      calls: fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  await fc.assert(
    fc.asyncProperty(moments, async (steps) => {
      const lifetimeMs = 120_000
      const { client, tokenEndpoint, clock } = clientWorld({}, { expiresInSeconds: 120 })
      const arrivals = new Map<string, { wallMs: number; monotonicMs: number }>()
      let stepCount = 0
      const call = async (): Promise<void> => {
        const text = (await client.token()).reveal()
        const now = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() }
        const arrival = arrivals.get(text) ?? now
        arrivals.set(text, arrival)
        assert(now.monotonicMs - arrival.monotonicMs < lifetimeMs, 'by the monotonic clock')
        assert(now.wallMs - arrival.wallMs < lifetimeMs, 'by the wall clock')
      }
      for (const { waitMs, stepMs, calls } of steps) {
        await call()
        for (const pauseMs of calls) {
          await clock.advance(pauseMs)
          await call()
        }
        if (stepMs !== 0) stepCount += 1
        clock.stepWall(stepMs)
        await call()
        await clock.advance(waitMs)
      }
      const ranMs = steps.reduce((sum, { waitMs }) => sum + waitMs + 3_000, 0)
      const renewals = ranMs / (lifetimeMs * 0.7) + 1
      assert(tokenEndpoint.requestCount <= renewals + stepCount, 'one renewal per step at most')
    }),
    { numRuns: 40 },
  )
})

test('reads one clock for a token at hand, and the other once a second [C2]', async () => {
  const inner = new FakeClock()
  const readings = { wall: 0, monotonic: 0 }
  const clock: Clock = {
    wallMs: () => {
      readings.wall += 1
      return inner.wallMs()
    },
    monotonicMs: () => {
      readings.monotonic += 1
      return inner.monotonicMs()
    },
    schedule: (delayMs, task) => inner.schedule(delayMs, task),
  }
  const { client } = clientWorld({ clock })
  await client.token()
  await client.token()
  for (const expected of [0, 1, 2]) {
    Object.assign(readings, { wall: 0, monotonic: 0 })
    for (let call = 0; call < 1_000; call += 1) client.currentToken()
    assert.equal(readings.wall, expected === 0 ? 1_000 : 1_001)
    assert.equal(readings.monotonic, expected === 0 ? 0 : 1)
    await inner.advance(1_000)
  }
})
