import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '@mintmark/testkit'
import fc from 'fast-check'
import { boundedKey, drawHashKey, keyedHash } from '../src/bucket-key.ts'

/** Of the reference implementation (HalfSipHash-2-4, 64 bits): the octets 0, 1, 2, ... under the key 0, 1, ... 7. */
const vectors: readonly (readonly [octets: number, output: string])[] = [
  [0, '218d1f59b9b83cc8'],
  [2, '064f39ef7c50eb57'],
  [4, 'd5e78a175be52ea1'],
  [6, 'ce3e91358aa2bc25'],
  [8, 'edfee820bce4858c'],
  [10, '95b0469f06a6f2ee'],
  [12, '7bc71f9faef5c799'],
]
const key = { low: 0x03020100, high: 0x07060504 }

for (const [count, output] of vectors) {
  test(`hashes ${count} octets as the reference implementation does, to 53 bits`, () => {
    const octets = Uint8Array.from({ length: count }, (_, at) => at)
    const text = new TextDecoder('utf-16le').decode(octets)
    const bytes = Buffer.from(output, 'hex')
    const expected = (bytes.readUInt32LE(4) % 2 ** 21) * 2 ** 32 + bytes.readUInt32LE(0)
    assert.equal(keyedHash(key, text), expected)
  })
}

test('hashes are exact numbers, never 0, and others under another key', () => {
  const [one, other] = [seededRandom(1), seededRandom(2)].map(drawHashKey)
  assert.ok(one !== undefined && other !== undefined)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), (text) => {
      const hash = keyedHash(one, text)
      assert.ok(Number.isSafeInteger(hash) && hash > 0)
      assert.equal(keyedHash(one, text), hash)
      assert.notEqual(keyedHash(other, text), hash)
    }),
    { numRuns: 100 },
  )
})

test('ten thousand similar keys have ten thousand hashes, spread over low bits as well', () => {
  const texts = Array.from({ length: 10_000 }, (_, at) => `10.0.${at >> 8}.${at & 255}`)
  const hashes = texts.map((text) => keyedHash(key, text))
  assert.equal(new Set(hashes).size, texts.length)
  const sets = new Array<number>(16).fill(0)
  for (const hash of hashes) sets[hash & 15] = (sets[hash & 15] ?? 0) + 1
  assert.ok(Math.min(...sets) > 500 && Math.max(...sets) < 750, String(sets))
})

test('a key that is too long counts by its beginning and its length', () => {
  const long = 'k'.repeat(100_000)
  assert.equal(boundedKey('k'.repeat(512)), 'k'.repeat(512))
  assert.ok(boundedKey(long).length < 530)
  assert.equal(boundedKey(`${long}1`), boundedKey(`${long}2`))
  assert.notEqual(boundedKey(long), boundedKey(`${long}1`))
})
