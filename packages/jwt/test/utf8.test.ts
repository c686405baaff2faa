import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeUtf8 } from '../src/utf8.ts'

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
  }
})
