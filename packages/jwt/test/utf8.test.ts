import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeUtf8, isUtf8Portably } from '../src/utf8.ts'

test('reads back every text and keeps a byte order mark', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(decodeUtf8(new TextEncoder().encode(`\ufeff${text}`)), `\ufeff${text}`)
    }),
  )
})

test('refuses octets that no text has', () => {
  for (const octets of [[0xff], [0xc3], [0xc3, 0x28], [0xc0, 0x80], [0xed, 0xa0, 0x80]]) {
    assert.equal(decodeUtf8(Uint8Array.from(octets)), undefined)
    assert.equal(isUtf8Portably(Uint8Array.from(octets)), false)
  }
})

test('agrees with a decoder that throws, on any octets', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const octet = fc.oneof(
    fc.constantFrom(0xef, 0xbf, 0xbd, 0xf0, 0x9f, 0xc3, 0x61),
    fc.integer({ min: 0, max: 255 }),
  )
  const property = fc.property(fc.array(octet, { maxLength: 24 }), (octets) => {
    const bytes = Uint8Array.from(octets)
    let expected: string | undefined
    try {
      expected = strict.decode(bytes)
    } catch {
      expected = undefined
    }
    assert.equal(decodeUtf8(bytes), expected)
    assert.equal(isUtf8Portably(bytes), expected !== undefined)
  })
  fc.assert(property, { numRuns: 1_000 })
})

test('keeps the character that stands for what could not be read', () => {
  assert.equal(decodeUtf8(new TextEncoder().encode('a\ufffdb\ufffd')), 'a\ufffdb\ufffd')
})
