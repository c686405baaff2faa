import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BucketTable } from '../src/bucket-table.ts'

const NOW_US = 1_000_000_000

test('keeps every key apart while it may grow, and grows a little at a time', () => {
  const table = new BucketTable(4_096)
  const hashes = Array.from({ length: 20_000 }, (_, at) => scattered(at + 1))
  for (const [at, hash] of hashes.entries()) put(table, hash, NOW_US + 1 + at)
  for (const [at, hash] of hashes.entries()) {
    assert.equal(table.arrivalAt(table.placeOf(hash, NOW_US)), NOW_US + 1 + at)
  }
})

test('does not grow while buckets fill up again as fast as others are used', () => {
  const table = new BucketTable(4_096)
  const bytesAtStart = table.bytes
  for (let at = 0; at < 100_000; at++) {
    const nowUs = NOW_US + at * 1_000
    // A hundred buckets are in debt at any time.
    const hash = scattered(at)
    table.put(table.placeOf(hash, nowUs), hash, nowUs + 100_000)
  }
  assert.ok(table.bytes <= bytesAtStart * 4, `${table.bytes} bytes`)
})

test('holds a bounded number of bytes, whatever comes', () => {
  const table = new BucketTable(64)
  for (let at = 0; at < 20_000; at++) put(table, scattered(at), NOW_US + 1_000_000 + at)
  assert.equal(table.bytes, 64 * 16 * 16)
})

test('no key finds less debt than it left, however many others there are [R9]', () => {
  const someStep = fc.tuple(
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 1, max: 2_000 }),
  )
  const someSteps = fc.array(someStep, { minLength: 50, maxLength: 300 })
  const property = fc.property(fc.constantFrom(1, 2), someSteps, (setCountMax, steps) => {
    const table = new BucketTable(setCountMax)
    const left = new Map<number, number>()
    let nowUs = NOW_US
    for (const [hash, pauseUs, costUs] of steps) {
      nowUs += pauseUs
      const place = table.placeOf(hash, nowUs)
      const foundUs = Math.max(nowUs, table.arrivalAt(place))
      assert.ok(foundUs >= (left.get(hash) ?? 0))
      table.put(place, hash, foundUs + costUs)
      left.set(hash, foundUs + costUs)
    }
  })
  fc.assert(property, { numRuns: 150 })
})

test('no key finds less debt than it left while the table grows', () => {
  const table = new BucketTable(64)
  const left = new Map<number, number>()
  for (let step = 0; step < 8_000; step++) {
    const hash = scattered(1 + ((step * 7) % 900))
    const place = table.placeOf(hash, NOW_US)
    const foundUs = Math.max(NOW_US, table.arrivalAt(place))
    assert.ok(foundUs >= (left.get(hash) ?? 0))
    table.put(place, hash, foundUs + 10)
    left.set(hash, foundUs + 10)
  }
})

test('a newcomer to a full table takes over the least debt of its set', () => {
  const table = new BucketTable(1)
  for (let hash = 1; hash <= 16; hash++) put(table, hash, NOW_US + hash * 100)
  const place = table.placeOf(99, NOW_US)
  assert.equal(table.arrivalAt(place), NOW_US + 100)
})

function put(table: BucketTable, hash: number, arrivalUs: number): void {
  table.put(table.placeOf(hash, NOW_US), hash, arrivalUs)
}

/** Different numbers with different low bits. */
function scattered(number: number): number {
  return (Math.imul(number, 0x9e3779b1) >>> 0) + 1
}
