import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitPolicy } from '@mintmark/limits'
import fc from 'fast-check'
import { debtAt, debtWith, fitsIn, stateOf } from '../src/gcra.ts'

const START_US = 1_795_435_200_000_000
const minute = limitPolicy({ name: 'public', quota: 60, windowSeconds: 60 })

test('sixty at once are granted, the next one after a second [S2]', () => {
  let arrivalUs = 0
  for (let count = 0; count < 60; count++) {
    const debtUs = debtAt(minute, arrivalUs, START_US)
    assert.equal(fitsIn(minute, debtUs, 1), true)
    arrivalUs = START_US + debtWith(minute, debtUs, 1)
  }
  const empty = stateOf(minute, debtAt(minute, arrivalUs, START_US), 1, false, false)
  assert.deepEqual(empty, {
    ...{ policy: minute, fits: false, remaining: 0, resetMs: 60_000, retryAfterMs: 1_000 },
  })
  assert.equal(fitsIn(minute, debtAt(minute, arrivalUs, START_US + 999_999), 1), false)
  assert.equal(fitsIn(minute, debtAt(minute, arrivalUs, START_US + 1_000_000), 1), true)
})

test('no stretch of time is granted more than the burst and what its length is worth [R9]', () => {
  const somePolicy = fc.record({
    quota: fc.integer({ min: 1, max: 50 }),
    windowSeconds: fc.integer({ min: 1, max: 20 }),
    burst: fc.integer({ min: 1, max: 30 }),
  })
  const someArrivals = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 900_000 }), fc.integer({ min: 1, max: 3 })),
    { minLength: 1, maxLength: 80 },
  )
  const property = fc.property(somePolicy, someArrivals, (options, arrivals) => {
    const policy = limitPolicy({ name: 'any', ...options })
    const granted: { readonly atUs: number; readonly cost: number }[] = []
    let arrivalUs = 0
    let atUs = START_US
    for (const [pauseUs, cost] of arrivals) {
      atUs += pauseUs
      const debtUs = debtAt(policy, arrivalUs, atUs)
      if (cost > policy.burst || !fitsIn(policy, debtUs, cost)) continue
      arrivalUs = atUs + debtWith(policy, debtUs, cost)
      granted.push({ atUs, cost })
    }
    for (const [from, first] of granted.entries()) {
      let sum = 0n
      for (const { atUs: lastUs, cost } of granted.slice(from)) {
        sum += BigInt(cost)
        // sum <= burst + length * quota / window, without fractions.
        const window = BigInt(policy.windowSeconds) * 1_000_000n
        const worth = BigInt(lastUs - first.atUs) * BigInt(policy.quota)
        assert.ok(sum * window <= BigInt(policy.burst) * window + worth)
      }
    }
  })
  fc.assert(property, { numRuns: 100 })
})

test('a clock that was set back costs one filling at most', () => {
  const debtUs = debtAt(minute, START_US + 3_600_000_000, START_US)
  assert.equal(debtUs, minute.capacityUs)
  assert.equal(stateOf(minute, debtUs, 1, false, false).retryAfterMs, 1_000)
})

test('what is stored may be anything: the debt stays within the bucket', () => {
  const someInstant = fc.oneof(fc.double({ noNaN: true }), fc.maxSafeInteger())
  fc.assert(
    fc.property(someInstant, (arrivalUs) => {
      const debtUs = debtAt(minute, arrivalUs, START_US)
      assert.ok(debtUs >= 0 && debtUs <= minute.capacityUs)
    }),
    { numRuns: 100 },
  )
})

test('a charge beyond what is there empties the bucket and no more', () => {
  assert.equal(debtWith(minute, minute.capacityUs - 1, 5), minute.capacityUs)
})
