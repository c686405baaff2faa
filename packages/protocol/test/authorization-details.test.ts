import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseAuthorizationDetails } from '../src/index.ts'
import { parsedValue } from './parsed-value.ts'

const refused = { ok: false, violation: 'malformed_authorization_details' }

const malformed: readonly (readonly [what: string, text: string])[] = [
  ['no JSON', 'decision'],
  ['nothing', ''],
  ['an empty array', '[]'],
  ['an object', '{"type":"a"}'],
  ['text', '"a"'],
  ['an array of text', '["a"]'],
  ['an array of arrays', '[[{"type":"a"}]]'],
  ['null among objects', '[{"type":"a"},null]'],
  ['no type', '[{"actions":["read"]}]'],
  ['an empty type', '[{"type":""}]'],
  ['a type that is no text', '[{"type":["a"]}]'],
  ['an endless type', `[{"type":"${'a'.repeat(257)}"}]`],
  ['a type twice', '[{"type":"a","type":"b"}]'],
  ['a type twice in two spellings', '[{"type":"a","\\u0074ype":"b"}]'],
  ['an inner member twice', '[{"type":"a","x":{"y":1,"y":2}}]'],
  ['actions that are text', '[{"type":"a","actions":"read"}]'],
  ['actions that are numbers', '[{"type":"a","actions":[1]}]'],
  ['locations that are null', '[{"type":"a","locations":null}]'],
  ['an identifier that is a list', '[{"type":"a","identifier":["x"]}]'],
  ['a number that cannot be told from its neighbour', '[{"type":"a","x":9007199254740993}]'],
  ['a number that is infinite once read', '[{"type":"a","x":[1e999]}]'],
  ['a second member after the array', '[{"type":"a"}],"more":1'],
  ['a closed object after the array', '[{"type":"a"}]}{"x":1'],
  ['two arrays', '[{"type":"a"}][]'],
  ['a prototype in the way', '[{"__proto__":{"type":"a"}}]'],
  ['half a character', '[{"type":"a","x":"\\ud800"}]'],
  ['too many', `[${Array.from({ length: 33 }, () => '{"type":"a"}').join(',')}]`],
  ['too long', `[{"type":"a","x":"${'x'.repeat(4_096)}"}]`],
  ['too deep', `[{"type":"a","x":${'['.repeat(7)}${']'.repeat(7)}}]`],
]

describe('authorization_details', () => {
  for (const [what, text] of malformed) {
    it(`are refused when they hold ${what} [A7]`, () => {
      assert.deepEqual(parseAuthorizationDetails(text), refused)
    })
  }

  it('are read with the common members and those of their type [A7]', () => {
    const details = [
      {
        type: 'https://example.com/payment',
        locations: ['https://api.example'],
        actions: ['initiate', 'cancel'],
        datatypes: [],
        identifier: 'account-14',
        privileges: ['admin'],
        amount: { currency: 'EUR', value: -123.5 },
        creditor: 'Müller',
      },
      { type: 'x', deep: [[[[[]]]]] },
    ]
    assert.deepEqual(parsedValue(parseAuthorizationDetails(JSON.stringify(details))), details)
  })

  it('mean what they meant, or are refused; nothing is thrown [A7]', () => {
    const detail = fc.record({ type: fc.string(), x: fc.jsonValue() }, { requiredKeys: [] })
    const text = fc.oneof(
      fc.array(detail, { maxLength: 4 }).map((details) => JSON.stringify(details)),
      fc.json(),
      fc.string(),
    )
    fc.assert(
      fc.property(text, (sent) => {
        const parsed = parseAuthorizationDetails(sent)
        if (parsed.ok) assert.deepEqual(parsed.value, JSON.parse(sent))
        else assert.deepEqual(parsed, refused)
      }),
      { numRuns: 200 },
    )
  })
})
