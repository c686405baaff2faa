import assert from 'node:assert/strict'
import { test } from 'node:test'
import { algorithmEntry } from '@mintmark/jwt'
import fc from 'fast-check'
import { derFromSignature, isEcdsaSignature, signatureFromDer } from '../src/ecdsa-signature.ts'

/** Room with other octets in it, as a pool gives it. */
const usedRoom = (length: number) => new Uint8Array(length).fill(0xff)

const form = algorithmEntry('ES256')?.ecdsa
assert.ok(form)
const { order } = form

const orderLessOne = Uint8Array.from(order)
orderLessOne[31] = 0x50
const orderAndOne = Uint8Array.from(order)
orderAndOne[31] = 0x52

function integer(value: number): Uint8Array {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(28, value)
  return bytes
}

function pair(r: Uint8Array, s: Uint8Array): Uint8Array {
  return Uint8Array.of(...r, ...s)
}

const ranges: readonly (readonly [string, Uint8Array, boolean])[] = [
  ['one and one', pair(integer(1), integer(1)), true],
  ['one below the order, twice', pair(orderLessOne, orderLessOne), true],
  ['a zero r', pair(integer(0), integer(1)), false],
  ['a zero s', pair(integer(1), integer(0)), false],
  ['two zeros', new Uint8Array(64), false],
  ['r equal to the order', pair(order, integer(1)), false],
  ['s equal to the order', pair(integer(1), order), false],
  ['r above the order', pair(orderAndOne, integer(1)), false],
  ['s of all ones', pair(integer(1), new Uint8Array(32).fill(0xff)), false],
  ['63 octets', new Uint8Array(63).fill(1), false],
  ['65 octets', new Uint8Array(65).fill(1), false],
  ['no octets', new Uint8Array(0), false],
  ['DER', derFromSignature(pair(integer(1), integer(1)), form, usedRoom), false],
]

for (const [what, signature, expected] of ranges) {
  test(`${expected ? 'takes' : 'refuses'} ${what} as a signature of P-256 [R1]`, () => {
    assert.equal(isEcdsaSignature(signature, form), expected)
  })
}

test('writes DER with the shortest integers, kept positive', () => {
  const high = new Uint8Array(32).fill(0x80)
  assert.deepEqual(
    [...derFromSignature(pair(integer(1), high), form, usedRoom)],
    [0x30, 0x26, 0x02, 0x01, 0x01, 0x02, 0x21, 0x00, ...high],
  )
})

test('reads back from DER every pair it writes, whatever zeros lead it', () => {
  const octets = fc
    .tuple(fc.nat({ max: 31 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    .map(([zeros, bytes]) => bytes.fill(0, 0, zeros))
    .filter((bytes) => bytes.some((octet) => octet !== 0))
  fc.assert(
    fc.property(octets, octets, (r, s) => {
      const signature = pair(r, s)
      assert.deepEqual(
        signatureFromDer(derFromSignature(signature, form, usedRoom), form),
        signature,
      )
    }),
  )
})
