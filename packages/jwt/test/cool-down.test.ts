import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RandomSource } from '@mintmark/runtime'
import { seededRandom } from '@mintmark/testkit'
import fc from 'fast-check'
import { CoolDown } from '../src/cool-down.ts'

const highest: RandomSource = { bytes: (length) => new Uint8Array(length).fill(0xff) }
const lowest: RandomSource = { bytes: (length) => new Uint8Array(length) }

/** The pauses after so many failures, each counted from its own failure. */
function pauses(random: RandomSource, failures: number): number[] {
  const coolDown = new CoolDown(random)
  return Array.from({ length: failures }, (_, count) => {
    const now = 1_000_000 * (count + 1)
    coolDown.failed(now)
    return coolDown.endsAtMonotonicMs - now
  })
}

test('is over before anything failed', () => {
  const coolDown = new CoolDown(lowest)
  assert.equal(coolDown.isFailing, false)
  assert.ok(coolDown.endsAtMonotonicMs < 0)
})

test('grows threefold at most, from one second to thirty', () => {
  assert.deepEqual(
    pauses(highest, 6).map(Math.round),
    [1_000, 3_000, 9_000, 27_000, 30_000, 30_000],
  )
})

test('may stay at a second when the draw is low', () => {
  assert.deepEqual(pauses(lowest, 4), [1_000, 1_000, 1_000, 1_000])
})

test('keeps every pause within thirty seconds and three times the one before', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 32 - 1 }), (seed) => {
      let before = 1_000
      for (const pause of pauses(seededRandom(seed), 20)) {
        assert.ok(pause >= 1_000 && pause <= Math.min(30_000, 3 * before))
        before = pause
      }
    }),
  )
})

test('starts over after a success', () => {
  const coolDown = new CoolDown(highest)
  coolDown.failed(0)
  coolDown.failed(0)
  coolDown.succeeded()
  assert.equal(coolDown.isFailing, false)
  coolDown.failed(0)
  assert.equal(coolDown.isFailing, true)
  assert.equal(coolDown.endsAtMonotonicMs, 1_000)
})
