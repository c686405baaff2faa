import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeBase64url, encodeBase64url, encodeBase64urlText } from '@mintmark/jwt'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { decodePortably, encodePortably } from '../src/portable-base64url.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const codecs = [
  { name: 'the chosen codec', encode: encodeBase64url, decode: decodeBase64url },
  { name: 'the portable codec', encode: encodePortably, decode: decodePortably },
]

/** RFC 4648 section 10, without padding; and the two characters that differ from base64. */
const vectors: readonly (readonly [string, string])[] = [
  ['', ''],
  ['f', 'Zg'],
  ['fo', 'Zm8'],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg'],
  ['fooba', 'Zm9vYmE'],
  ['foobar', 'Zm9vYmFy'],
  ['\u{fb}\u{ff}\u{fe}', '-__-'],
]

const refusedTexts: readonly (readonly [string, string])[] = [
  ['one character', 'A'],
  ['one character too many', 'Zm9vY'],
  ['padding', 'Zg=='],
  ['padding after a whole group', 'Zm9v='],
  ['trailing bits in two characters', 'Zh'],
  ['trailing bits in three characters', 'Zm9'],
  ['plus', '+__-'],
  ['slash', '-/_-'],
  ['a space inside', 'Zm 9v'],
  ['a space at the end', 'Zm9v '],
  ['a line break', 'Zm9v\n'],
  ['a tab', 'Zm\t9v'],
  ['a byte order mark', '\ufeffZm9v'],
  ['NUL', 'Zm9v\u0000'],
  ['a dot', 'Zm9v.'],
  ['a letter beyond ASCII that looks right', 'Zm9ѵ'],
  ['a letter that a byte-wise decoder takes for its low octet', 'Zm9Ŷ'],
  ['half a surrogate pair', 'Zm9\ud876'],
]

for (const { name, encode, decode } of codecs) {
  test(`${name} writes and reads the vectors of RFC 4648`, () => {
    for (const [plain, text] of vectors) {
      assert.equal(encode(Uint8Array.from(Buffer.from(plain, 'latin1'))), text)
      assert.deepEqual(Buffer.from(decode(text) ?? 'refused').toString('latin1'), plain)
    }
  })

  for (const [what, text] of refusedTexts) {
    test(`${name} refuses ${what} [R1]`, () => {
      assert.equal(decode(text), undefined)
    })
  }

  test(`${name} reads back what it writes`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.deepEqual(Uint8Array.from(decode(encode(bytes)) ?? []), bytes)
      }),
    )
  })

  test(`${name} reads no text but the one it would write`, () => {
    const almostBase64url = fc.string({
      unit: fc.constantFrom(...'ABcd09-_+/= \n.é'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(fc.oneof(almostBase64url, fc.string({ unit: anyCharacter })), (text) => {
        const bytes = decode(text)
        if (bytes !== undefined) assert.equal(encode(bytes), text)
      }),
      { numRuns: 500 },
    )
  })
}

test('both codecs agree on every text', () => {
  const text = fc.string({ unit: fc.constantFrom(...'AQgwZm9_-+= '), maxLength: 9 })
  fc.assert(
    fc.property(text, (candidate) => {
      const portable = decodePortably(candidate)
      const chosen = decodeBase64url(candidate)
      assert.equal(chosen === undefined, portable === undefined)
      assert.deepEqual(Uint8Array.from(chosen ?? []), Uint8Array.from(portable ?? []))
    }),
    { numRuns: 500 },
  )
})

test('encodes the octets of a view, not those around it', () => {
  const around = Uint8Array.from(Buffer.from('xxfooxx', 'latin1'))
  assert.equal(encodeBase64url(around.subarray(2, 5)), 'Zm9v')
})

test('encodes text as UTF-8', () => {
  assert.equal(encodeBase64urlText('é€'), encodeBase64url(new TextEncoder().encode('é€')))
})
