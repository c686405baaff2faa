import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Slot, TokenCache } from '../src/token-cache.ts'

interface TestSlot extends Slot {
  lastUsedMonotonicMs: number
  isBusy: boolean
  isRetired: boolean
}

function slot(lastUsedMonotonicMs: number, isBusy = false): TestSlot {
  return {
    lastUsedMonotonicMs,
    isBusy,
    isRetired: false,
    retire() {
      this.isRetired = true
    },
  }
}

test('keeps one slot per key', () => {
  const cache = new TokenCache<TestSlot>(10)
  const made = cache.slotFor('a', () => slot(1))
  assert.equal(
    cache.slotFor('a', () => slot(2)),
    made,
  )
  assert.equal(cache.size, 1)
})

test('retires the slot used longest ago when the bound is reached [C1]', () => {
  const cache = new TokenCache<TestSlot>(3)
  const [a, b, c] = ['a', 'b', 'c'].map((key, index) => cache.slotFor(key, () => slot(index)))
  assert(a && b && c)
  a.lastUsedMonotonicMs = 10
  cache.slotFor('d', () => slot(11))
  assert.deepEqual([a.isRetired, b.isRetired, c.isRetired], [false, true, false])
  assert.equal(cache.size, 3)
  assert.notEqual(
    cache.slotFor('b', () => slot(12)),
    b,
  )
})

test('never retires a slot with a token request under way, even when the bound is exceeded', () => {
  const cache = new TokenCache<TestSlot>(2)
  const a = cache.slotFor('a', () => slot(1, true))
  const b = cache.slotFor('b', () => slot(2, true))
  cache.slotFor('c', () => slot(3))
  assert.deepEqual([a.isRetired, b.isRetired, cache.size], [false, false, 3])
})
