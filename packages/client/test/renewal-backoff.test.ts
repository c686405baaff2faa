import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RenewalBackoff } from '../src/renewal-backoff.ts'

/**
 * Fails again and again from instant 0 on, each time as soon as it may, until the token is gone.
 */
function attemptsWithin(tokenLeftMs: number, samples: () => number): readonly number[] {
  const backoff = new RenewalBackoff()
  const attempts: number[] = []
  let now = 0
  while (now < tokenLeftMs) {
    attempts.push(now)
    backoff.failed({
      nowMonotonicMs: now,
      tokenLeftMs: tokenLeftMs - now,
      retryAfterMs: undefined,
      sample: samples(),
    })
    now = backoff.backgroundAtMonotonicMs
  }
  return attempts
}

test('fits ten attempts or more into what is left of a token, and not many more [C3] [C7]', () => {
  const windows = fc.integer({ min: 1_000, max: 14_400_000 })
  const sample = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(windows, fc.array(sample, { minLength: 30, maxLength: 30 }), (left, drawn) => {
      let at = 0
      const attempts = attemptsWithin(left, () => drawn[at++ % drawn.length] as number)
      assert(attempts.length >= 10, `${attempts.length} attempts in ${left} ms`)
      // Never faster than the first pause: 1 s, or a tenth of the time for tokens that live for
      // seconds.
      const fastest = Math.min(1_000, Math.max(100, left / 10))
      assert(attempts.length <= left / fastest + 1, `${attempts.length} attempts in ${left} ms`)
    }),
  )
})

test('grows from one second to one minute while hours are left [C7]', () => {
  const longest = attemptsWithin(3_600_000, () => 0.999_999)
  const pauses = longest
    .slice(1)
    .map((at, index) => Math.round((at - (longest[index] ?? 0)) / 1000))
  assert.deepEqual(pauses.slice(0, 6), [1, 3, 9, 27, 60, 60])
  assert.equal(attemptsWithin(3_600_000, () => 0).length, 3600)
})

test('waits a quarter of a second to five seconds while callers have no token [C7]', () => {
  const backoff = new RenewalBackoff()
  const pauses: number[] = []
  for (let now = 0; pauses.length < 5; now = backoff.demandAtMonotonicMs) {
    backoff.failed({
      nowMonotonicMs: now,
      tokenLeftMs: 0,
      retryAfterMs: undefined,
      sample: 0.999_999,
    })
    pauses.push(Math.round(backoff.demandAtMonotonicMs - now))
  }
  assert.deepEqual(pauses, [250, 750, 2250, 5000, 5000])
})

test('does not pass a long background pause on to callers whose token expired meanwhile [C7]', () => {
  const backoff = new RenewalBackoff()
  for (const nowMonotonicMs of [0, 1, 2, 3, 4, 5]) {
    backoff.failed({
      nowMonotonicMs,
      tokenLeftMs: 3_600_000,
      retryAfterMs: undefined,
      sample: 0.99,
    })
  }
  assert(backoff.backgroundAtMonotonicMs > 50_000)
  assert.equal(backoff.demandAtMonotonicMs, 5_005)
})

test('obeys Retry-After as a floor for both, up to an hour [C7]', () => {
  const pausedFor = (retryAfterMs: number, tokenLeftMs: number) => {
    const backoff = new RenewalBackoff()
    backoff.failed({ nowMonotonicMs: 0, tokenLeftMs, retryAfterMs, sample: 0 })
    return [backoff.demandAtMonotonicMs, backoff.backgroundAtMonotonicMs]
  }
  assert.deepEqual(pausedFor(30_000, 0), [30_000, 30_000])
  assert.deepEqual(pausedFor(30_000, 100_000), [30_000, 30_000])
  assert.deepEqual(pausedFor(1e12, 0), [3_600_000, 3_600_000])
  assert.deepEqual(pausedFor(1, 100_000), [1_000, 1_000])
})

test('starts over after a success', () => {
  const backoff = new RenewalBackoff()
  for (const nowMonotonicMs of [0, 1, 2]) {
    backoff.failed({ nowMonotonicMs, tokenLeftMs: 0, retryAfterMs: 60_000, sample: 0.99 })
  }
  backoff.succeeded()
  assert(backoff.demandAtMonotonicMs <= 0)
  assert(backoff.backgroundAtMonotonicMs <= 0)
  backoff.failed({ nowMonotonicMs: 10, tokenLeftMs: 0, retryAfterMs: undefined, sample: 0.99 })
  assert.equal(backoff.demandAtMonotonicMs, 260)
})
