import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_WINDOW, type LifetimePolicy, planLifetime } from '../src/lifetime.ts'

const arrivedAtMonotonicMs = 1_000_000

const policy: LifetimePolicy = {
  renewal: DEFAULT_WINDOW,
  surviveOutageSeconds: undefined,
  clockSkewSeconds: 0,
}

/** Renewal and hard expiry in seconds from the arrival. */
function plan(
  lifetimeSeconds: number,
  changes: Partial<LifetimePolicy> = {},
  sample = 0.5,
  refreshInSeconds?: number,
) {
  const granted = { arrivedAtMonotonicMs, lifetimeSeconds, refreshInSeconds }
  const schedule = planLifetime(granted, { ...policy, ...changes }, sample)
  if (schedule === undefined) return undefined
  const seconds = (monotonicMs: number) =>
    Math.round((monotonicMs - arrivedAtMonotonicMs) * 1000) / 1_000_000
  return {
    renewal: seconds(schedule.renewAtMonotonicMs),
    expiry: seconds(schedule.hardExpiryMonotonicMs),
  }
}

test('keeps a margin of 30 s or a tenth of the lifetime, whichever is shorter [C2]', () => {
  const rows: readonly [lifetime: number, skew: number, expiry: number][] = [
    [86_400, 0, 86_370],
    [3600, 0, 3570],
    [300, 0, 270],
    [299, 0, 269.1],
    [60, 0, 54],
    [10, 0, 9],
    [1, 0, 0.9],
    [3600, 5, 3565],
    [60, 20, 34],
  ]
  for (const [lifetime, clockSkewSeconds, expiry] of rows) {
    assert.equal(plan(lifetime, { clockSkewSeconds })?.expiry, expiry, `${lifetime} s`)
  }
})

test('finds no use for a token of which the margin leaves nothing [C2]', () => {
  assert.equal(plan(0), undefined)
  assert.equal(plan(60, { clockSkewSeconds: 54 }), undefined)
  assert.equal(plan(60, { clockSkewSeconds: 300 }), undefined)
})

test('draws the renewal between 70 and 85 % of the lifetime [C3]', () => {
  assert.equal(plan(3600, {}, 0)?.renewal, 2520)
  assert.equal(plan(3600, {}, 0.5)?.renewal, 2790)
  assert.equal(plan(1000, {}, 1)?.renewal, 850)
  assert.equal(plan(2, {}, 0)?.renewal, 1.4)
})

test('renews tokens that live less than two seconds on demand only [C3]', () => {
  assert.deepEqual(plan(1), { renewal: 0.9, expiry: 0.9 })
})

test('takes the window from the options, as shares or as seconds before expiry [C3]', () => {
  assert.equal(plan(1000, { renewal: { fromShare: 0.5, toShare: 0.6 } }, 0)?.renewal, 500)
  assert.equal(plan(86_400, { renewal: { secondsBeforeExpiry: 300 } }, 0)?.renewal, 86_070)
  assert.equal(plan(86_400, { renewal: { secondsBeforeExpiry: 300 } }, 1)?.renewal, 86_100)
  // A buffer of 300 s on a token of 300 s would mean renewing without end.
  assert.equal(plan(300, { renewal: { secondsBeforeExpiry: 300 } }, 0)?.renewal, 210)
})

test('scales a window that would end too late, and keeps its width in proportion [C3]', () => {
  const renewal = { fromShare: 0.9, toShare: 1 }
  assert.deepEqual(plan(1000, { renewal }, 1), { renewal: 921.5, expiry: 970 })
  assert.equal(plan(1000, { renewal }, 0)?.renewal, 829.35)
})

test('renews early enough to survive the outage that the options name [C3]', () => {
  const earliest = plan(3600, { surviveOutageSeconds: 900 }, 0)
  const latest = plan(3600, { surviveOutageSeconds: 900 }, 1)
  assert.equal(latest?.renewal, 3570 - 900)
  assert.equal(earliest?.renewal, Math.round(((2670 * 0.7) / 0.85) * 1e6) / 1e6)
  // More than the lifetime allows: as early as is sane, and not at once.
  assert.equal(plan(3600, { surviveOutageSeconds: 7200 })?.renewal, 357)
})

test('tells which outage the plan survives at its worst phase [C3]', () => {
  const granted = { arrivedAtMonotonicMs, lifetimeSeconds: 3600, refreshInSeconds: undefined }
  const schedule = planLifetime(granted, { ...policy, surviveOutageSeconds: 900 }, 1)
  assert.equal(schedule?.outageBudgetSeconds, 900)
})

test('renews when the server asks for it, within the same bounds [C3]', () => {
  assert.equal(plan(3600, {}, 0.3, 1800)?.renewal, 1800)
  assert.equal(plan(3600, { surviveOutageSeconds: 900 }, 0, 3000)?.renewal, 2670)
  assert.equal(plan(3600, {}, 0, 3600)?.renewal, 3510)
  assert.equal(plan(3600, {}, 0, 0)?.renewal, 357)
})

const somePolicy: fc.Arbitrary<LifetimePolicy> = fc.record({
  renewal: fc.oneof(
    fc
      .tuple(
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .map(([fromShare, width]) => ({ fromShare, toShare: fromShare + (1 - fromShare) * width })),
    fc.record({ secondsBeforeExpiry: fc.nat(100_000) }),
  ),
  surviveOutageSeconds: fc.option(fc.nat(1_000_000), { nil: undefined }),
  clockSkewSeconds: fc.oneof(fc.constant(0), fc.nat(3600)),
})

test('leaves neither a loop nor a dead zone, for any lifetime and policy [C2] [C3]', () => {
  const lifetimes = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.nat(315_360_000))
  const hints = fc.option(fc.nat(1_000_000), { nil: undefined })
  const samples = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(lifetimes, somePolicy, samples, hints, (lifetime, some, sample, hint) => {
      const granted = {
        arrivedAtMonotonicMs: 0,
        lifetimeSeconds: lifetime,
        refreshInSeconds: hint,
      }
      const schedule = planLifetime(granted, some, sample)
      const margin = Math.min(30, lifetime / 10) + some.clockSkewSeconds
      if (schedule === undefined) return assert(lifetime - margin <= 0)
      const usableMs = (lifetime - margin) * 1000
      const { renewAtMonotonicMs: renewal, hardExpiryMonotonicMs: expiry } = schedule
      assert(expiry > 0 && expiry < lifetime * 1000)
      assert(Math.abs(expiry - usableMs) < 1e-3)
      if (lifetime < 2) return assert.equal(renewal, expiry)
      // One part in a billion for the rounding of floating-point numbers.
      assert(renewal >= usableMs * 0.1 * (1 - 1e-9), 'at most ten renewals per lifetime')
      const reserveMs = Math.min(60_000, usableMs * 0.05)
      assert(expiry - renewal >= reserveMs - usableMs * 1e-9, 'time for a renewal to arrive')
    }),
    { numRuns: 2000 },
  )
})
