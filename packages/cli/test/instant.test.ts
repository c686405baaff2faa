import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { the } from '@mintmark/testkit'
import fc from 'fast-check'
import { distanceText, isoText } from '../src/instant.ts'

describe('an instant in words', () => {
  const dates: readonly (readonly [number, string | undefined])[] = [
    [0, '1970-01-01T00:00:00Z'],
    [the.nowSeconds, '2026-11-23T12:00:00Z'],
    [the.nowSeconds + 0.9, '2026-11-23T12:00:00Z'],
    [-1, '1969-12-31T23:59:59Z'],
    [8_640_000_000_000, '+275760-09-13T00:00:00Z'],
    [8_640_000_000_001, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [Number.NaN, undefined],
  ]
  for (const [seconds, text] of dates) {
    it(`is ${text} for ${seconds}`, () => {
      assert.equal(isoText(seconds), text)
    })
  }

  it('never throws', () => {
    fc.assert(fc.property(fc.double(), (seconds) => isoText(seconds) !== ''))
  })

  const distances: readonly (readonly [number, string])[] = [
    [0, 'now'],
    [0.9, 'now'],
    [-0.9, 'now'],
    [1, 'in 1 second'],
    [-1, '1 second ago'],
    [119, 'in 119 seconds'],
    [120, 'in 2 minutes'],
    [899, 'in 14 minutes'],
    [-7199, '119 minutes ago'],
    [7200, 'in 2 hours'],
    [172_799, 'in 47 hours'],
    [172_800, 'in 2 days'],
    [-31_536_000, '365 days ago'],
  ]
  for (const [seconds, text] of distances) {
    it(`is "${text}" at a distance of ${seconds} s`, () => {
      assert.equal(distanceText(the.nowSeconds + seconds, the.nowSeconds), text)
    })
  }
})
