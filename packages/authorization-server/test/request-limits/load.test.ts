import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Limiter, LimitVerdict } from '@mintmark/limits'
import { eventLoopTurns, FakeClock } from '@mintmark/testkit'
import { arrivalTurnMsMax, requestsInProgressMax } from '../../src/limits.ts'
import { Load } from '../../src/request-limits/load.ts'
import { limited } from './limited.ts'

/** A clock that a test moves within a turn. */
class SteppedClock extends FakeClock {
  nowMs = 0

  override monotonicMs(): number {
    return this.nowMs
  }
}

function arrivals(load: Load, count: number): number {
  let turnedAway = 0
  for (let at = 0; at < count; at++) if (!load.hasRoomFor('token')) turnedAway += 1
  return turnedAway
}

test('turns requests away for the rest of a turn in which reading them takes too long [A10]', async () => {
  const clock = new SteppedClock()
  const load = new Load(clock)
  let taken = 0
  while (load.hasRoomFor('token')) {
    taken += 1
    clock.nowMs += 0.1
  }
  assert.ok(Math.abs(taken * 0.1 - arrivalTurnMsMax) < 10, `${taken} were taken`)
  assert.equal(arrivals(load, 100), 100)
  await eventLoopTurns(1)
  assert.equal(arrivals(load, 100), 0)
})

test('a pause of the process turns nobody away, however long it is [A10]', () => {
  const clock = new SteppedClock()
  const load = new Load(clock)
  assert.equal(arrivals(load, 300), 0)
  clock.nowMs = 10 * arrivalTurnMsMax
  assert.equal(arrivals(load, 300), 0)
})

test('keeps room for token requests when there is none any more for others [A10]', () => {
  const load = new Load(new FakeClock())
  const rooms = () => [
    load.hasRoomFor('token'),
    load.hasRoomFor('introspection'),
    load.hasRoomFor('revocation'),
  ]
  const pressures = [0, 0.5, 0.75, 1]
  const found = pressures.map((pressure) => {
    load.signingPressure = () => pressure
    return rooms()
  })
  const [yes, no] = [true, false]
  assert.deepEqual(found, [
    ...[
      [yes, yes, yes],
      [yes, yes, no],
    ],
    ...[
      [yes, no, no],
      [no, no, no],
    ],
  ])
})

/** A limiter that says nothing until it is let go. */
function stuckLimiter() {
  const waiting: (() => void)[] = []
  const verdict: LimitVerdict = {
    ...{ allowed: true, basis: 'buckets', retryAfterMs: 0 },
    ...{ states: [], violated: [], shadowed: [] },
  }
  const ask = () => new Promise<LimitVerdict>((resolve) => waiting.push(() => resolve(verdict)))
  const limiter: Limiter = { check: ask, peek: ask, charge: ask }
  return {
    limiter,
    waiting,
    isAsked: () => waiting.length > 0,
    letGo(): void {
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}

test('answers 503 at once beyond what it can work on, and everybody again afterwards [A10]', async () => {
  const stuck = stuckLimiter()
  const rate = { quota: 1_000, windowSeconds: 60 }
  await using world = await limited({ limits: { clients: rate, limiter: stuck.limiter } })
  const working = Array.from({ length: requestsInProgressMax }, () => world.call())
  while (stuck.waiting.length < requestsInProgressMax) await eventLoopTurns(1)
  const turnedAway = await Promise.all(Array.from({ length: 50 }, () => world.call()))
  for (const { status, headers } of turnedAway) {
    assert.equal(status, 503)
    assert.match(headers.get('retry-after') ?? '', /^[123]$/)
    assert.equal(headers.get('cache-control'), 'no-store')
  }
  assert.equal(new Set(turnedAway.map(({ headers }) => headers.get('retry-after'))).size, 3)
  assert.equal(stuck.waiting.length, requestsInProgressMax)
  assert.deepEqual([...new Set(world.reasons())], ['overloaded'])
  stuck.letGo()
  const served = await Promise.all(working)
  assert.deepEqual([...new Set(served.map(({ status }) => status))], [200])
  const again = world.call()
  while (!stuck.isAsked()) await eventLoopTurns(1)
  stuck.letGo()
  assert.equal((await again).status, 200)
})
