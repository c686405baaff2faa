import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createIdentifierSource, InvariantViolation, uniform } from '@mintmark/runtime'
import fc from 'fast-check'
import { seededRandom } from '../src/index.ts'

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('seededRandom', () => {
  it('gives the same bytes for the same seed, however they are drawn', () => {
    fc.assert(
      fc.property(seed, fc.array(fc.nat({ max: 40 }), { maxLength: 8 }), (number, lengths) => {
        const pieces = seededRandom(number)
        const drawn = lengths.flatMap((length) => [...pieces.bytes(length)])
        assert.deepEqual(drawn, [...seededRandom(number).bytes(drawn.length)])
      }),
    )
  })

  it('gives different bytes for different seeds, neighbours included', () => {
    const streams = Array.from({ length: 1_000 }, (_, number) =>
      seededRandom(number).bytes(8).join(),
    )
    assert.equal(new Set(streams).size, streams.length)
  })

  it('keeps the stream of a seed from release to release', () => {
    assert.deepEqual([...seededRandom(1).bytes(8)], [23, 129, 227, 124, 111, 129, 191, 170])
  })

  it('spreads its bytes evenly', () => {
    const counts = new Array<number>(256).fill(0)
    for (const byte of seededRandom(7).bytes(65_536)) counts[byte] = (counts[byte] ?? 0) + 1
    // 256 are expected of each; five standard deviations are 80.
    assert.ok(Math.min(...counts) > 176 && Math.max(...counts) < 336)
  })

  it('feeds what is derived from a source', () => {
    const share = uniform(seededRandom(3))
    assert.ok(share >= 0 && share < 1)
    assert.match(createIdentifierSource(seededRandom(3))(), /^[\w-]{22}$/)
  })

  for (const wrong of [-1, 0.5, 2 ** 32, Number.NaN]) {
    it(`refuses ${wrong} as a seed`, () => {
      assert.throws(() => seededRandom(wrong), InvariantViolation)
    })
  }

  for (const wrong of [-1, 0.5, 65_537, Number.NaN]) {
    it(`refuses to draw ${wrong} bytes`, () => {
      assert.throws(() => seededRandom(1).bytes(wrong), InvariantViolation)
    })
  }
})
