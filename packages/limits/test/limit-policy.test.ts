import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitPolicy, shareOf } from '@mintmark/limits'
import fc from 'fast-check'

const minute = { name: 'public', quota: 60, windowSeconds: 60 }

test('a policy grants its quota at once unless it says otherwise, and is enforced', () => {
  const { burst, mode, intervalUs, capacityUs } = limitPolicy(minute)
  assert.deepEqual([burst, mode, intervalUs, capacityUs], [60, 'enforced', 1_000_000, 60_000_000])
})

test('a unit takes a whole number of microseconds to come back, never fewer than its share [R9]', () => {
  const someQuota = fc.integer({ min: 1, max: 10_000 })
  const someWindow = fc.integer({ min: 1, max: 2_678_400 })
  fc.assert(
    fc.property(someQuota, someWindow, (quota, windowSeconds) => {
      const { intervalUs } = limitPolicy({ name: 'any', quota, windowSeconds, burst: 1 })
      const shareUs = (windowSeconds * 1_000_000) / quota
      assert.ok(Number.isSafeInteger(intervalUs))
      assert.ok(intervalUs >= shareUs && intervalUs < shareUs + 1)
      assert.ok(intervalUs / shareUs <= 1.01)
    }),
    { numRuns: 100 },
  )
})

const refused: readonly (readonly [title: string, options: object, error: string])[] = [
  ['an unknown option', { limit: 3 }, 'TypeError'],
  ['a mode that there is not', { mode: 'off' }, 'TypeError'],
  ['a name that a header field could not carry as it is', { name: 'a "b"' }, 'TypeError'],
  ['an empty name', { name: '' }, 'TypeError'],
  ['a name with a line break', { name: 'a\n' }, 'TypeError'],
  ['a long name', { name: 'a'.repeat(65) }, 'TypeError'],
  ['a quota of nothing', { quota: 0 }, 'RangeError'],
  ['a fraction of a unit', { quota: 1.5 }, 'RangeError'],
  ['a quota that is no number', { quota: Number.NaN }, 'RangeError'],
  ['a quota that is a text', { quota: '60' }, 'TypeError'],
  ['a window of nothing', { windowSeconds: 0 }, 'RangeError'],
  ['a window above a month', { windowSeconds: 2_678_401 }, 'RangeError'],
  ['more than 10,000 units a second', { quota: 10_001, windowSeconds: 1 }, 'RangeError'],
  ['a burst of nothing', { burst: 0 }, 'RangeError'],
  ['a burst that takes more than a year to come back', { burst: 40_000_000 }, 'RangeError'],
]
for (const [title, options, name] of refused) {
  test(`a policy is not made with ${title}`, () => {
    assert.throws(() => limitPolicy({ ...minute, ...options }), { name })
  })
}

test('a share of a policy grants that share, and never nothing', () => {
  const third = shareOf(limitPolicy({ ...minute, burst: 2 }), 1 / 3)
  assert.deepEqual([third.name, third.quota, third.burst], ['public', 20, 1])
  assert.throws(() => shareOf(third, 0), { name: 'RangeError' })
  assert.throws(() => shareOf(third, 1.5), { name: 'RangeError' })
})
