import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { pairedRatios, summarise } from '../harness/statistics.ts'

describe('summarise', () => {
  for (const [values, median] of [
    [[3], 3],
    [[4, 2], 3],
    [[9, 1, 5], 5],
    [[10, 2, 4, 100], 7],
  ] as const) {
    it(`finds the median ${median} of ${values.join(', ')}`, () => {
      assert.equal(summarise(values).median, median)
    })
  }

  it('orders numbers as numbers', () => {
    assert.deepEqual(summarise([9, 10, 100]), { median: 10, min: 9, max: 100 })
  })

  it('places the median between the ends and ignores the order of the rounds', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 })
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), (values) => {
        const { median, min, max } = summarise(values)
        assert.ok(min <= median && median <= max)
        assert.deepEqual(summarise(values.toReversed()), { median, min, max })
      }),
    )
  })

  for (const values of [[], [1, Number.NaN], [Number.POSITIVE_INFINITY]]) {
    it(`refuses to summarise [${values}]`, () => {
      assert.throws(() => summarise(values), RangeError)
    })
  }
})

describe('pairedRatios', () => {
  it('divides round by round', () => {
    assert.deepEqual(pairedRatios([10, 9], [5, 3]), [2, 3])
  })

  it('refuses candidates with a different number of rounds', () => {
    assert.throws(() => pairedRatios([1, 2], [1]), RangeError)
  })
})
