import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeysInHand } from '../src/keys-in-hand.ts'

const arrival = { arrivedAtMonotonicMs: 5_000, lifetimeSeconds: 100, staleSecondsMax: 50 }

test('is renewable after four fifths, stale after all, and too old in the end', () => {
  const keys = new KeysInHand([], arrival)
  assert.equal(keys.renewableAtMonotonicMs, 85_000)
  assert.deepEqual([keys.isFresh(104_999), keys.isFresh(105_000)], [true, false])
  assert.deepEqual([keys.isTooOld(154_999), keys.isTooOld(155_000)], [false, true])
})

test('is too old at once when no staleness is allowed', () => {
  const keys = new KeysInHand([], { ...arrival, staleSecondsMax: 0 })
  assert.deepEqual([keys.isFresh(104_999), keys.isTooOld(105_000)], [true, true])
})

test('finds nothing among no keys', () => {
  const keys = new KeysInHand([], arrival)
  assert.equal(keys.find({ alg: 'ES256', kid: undefined }), undefined)
})
