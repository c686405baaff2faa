import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { measureJson } from '../src/json-grammar.ts'
import { anyText, syntaxText } from './any-text.ts'

function isPlatformJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const measured = (text: string) => measureJson(text, 64, 1_000)

function agree(text: string): void {
  assert.equal(typeof measured(text) === 'number', isPlatformJson(text), JSON.stringify(text))
}

const texts = [
  ...[
    '',
    ' ',
    '\t\n\r 1 \t',
    '\u00a01',
    '\ufeff1',
    '1 2',
    '{}',
    '[]',
    '{ }',
    '[ ]',
    '[,]',
    '[1,]',
    '{,}',
  ],
  ...[
    '0',
    '-0',
    '00',
    '01',
    '-',
    '-a',
    '1.',
    '.1',
    '1.0',
    '1e',
    '1e+',
    '1E-05',
    '1e5.5',
    '+1',
    '0x1',
  ],
  ...['true', 'truex', 'tru', 'nul', 'null', 'false', 'falsey', 'NaN', 'Infinity', 'undefined'],
  ...[
    '"',
    '"a',
    '"a"',
    '"\\"',
    '"\\\\"',
    '"\\u12',
    '"\\u12g4"',
    '"\\u1234"',
    '"\\x"',
    '"\\',
    '"\\/\\b"',
  ],
  ...['"\u0000"', '"\u001f"', '"\u007f"', '"\u2028"', '"\\n\t"', '"a\\"b\nc"', '"\ud800"'],
  ...[
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{a:1}',
    '{"a":1}}',
    '[1 2]',
    '[[1]',
    '{"a":[}',
    '1/**/',
  ],
]
for (const text of texts) {
  test(`agrees with the platform on ${JSON.stringify(text)} [R1]`, () => agree(text))
}

test('agrees with the platform on any text, and on any JSON with one character changed [R1]', () => {
  fc.assert(fc.property(fc.oneof(anyText, syntaxText), agree), { numRuns: 200 })
  const changed = fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:\\ 0-.eEu\n\u0000a'))
  const property = fc.property(changed, ([json, place, character]) => {
    const at = place % (json.length + 1)
    agree(json.slice(0, at) + character + json.slice(at + 1))
    agree(json.slice(0, at) + character + json.slice(at))
    agree(json.slice(0, at) + json.slice(at + 1))
  })
  fc.assert(property, { numRuns: 200 })
})

test('counts the members of all objects, and stops at its bounds', () => {
  assert.equal(measured('{"a":{"b":1,"c":[{"d":1}]},"a":2}'), 5)
  assert.equal(measureJson('[[1]]', 2, 9), 0)
  assert.equal(measureJson('[[[1]]]', 2, 9), 'too_deep')
  assert.equal(measureJson('{"a":1,"b":2}', 2, 2), 2)
  assert.equal(measureJson('{"a":1,"b":{"c":1}}', 2, 2), 'too_many')
  assert.equal(measureJson('['.repeat(100_000), 16, 9), 'too_deep')
})
