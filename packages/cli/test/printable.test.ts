import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { printable, printableJson } from '../src/printable.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

/**
 * Everything that Unicode calls a control, a format character, a line or a paragraph separator, or
 * half of a pair.
 */
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const anyText = fc.string({ unit: anyCharacter })

describe('text for a terminal', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['plain text, ünïcode 日本 🪙', 'plain text, ünïcode 日本 🪙'],
    ['\u001b[2J', '\\u001b[2J'],
    ['a\nb\r\tc', 'a\\u000ab\\u000d\\u0009c'],
    ['\u009b31m', '\\u009b31m'],
    ['admin\u202etxt', 'admin\\u202etxt'],
    ['\u200b\ufeff\u2028', '\\u200b\\ufeff\\u2028'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\udb40\\udc41'],
  ]
  for (const [text, shown] of rows) {
    it(`shows ${JSON.stringify(text)} without letting it act`, () => {
      assert.equal(printable(text), shown)
    })
  }

  it('holds no character that acts on a terminal, whatever the text', () => {
    fc.assert(fc.property(anyText, (text) => !acting.test(printable(text))))
  })

  it('cuts long text and shows that it did', () => {
    assert.equal(printable('abcdef', 3), 'abc…')
    assert.equal(printable('abc', 3), 'abc')
    assert.equal(printable('🪙🪙', 1), '\\ud83e…')
  })
})

describe('JSON for a terminal', () => {
  it('is one line, exact, and holds no character that acts, whatever the values', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (document) => {
        const text = printableJson({ document })
        assert.ok(!acting.test(text))
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify({ document })))
      }),
    )
  })
})
