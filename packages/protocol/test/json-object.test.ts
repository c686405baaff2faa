import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { accepted, type JsonViolation, member, parseJsonObject } from '../src/index.ts'
import { anyText, syntaxText } from './any-text.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const limits = { depthMax: 4, lengthMax: 1_000 }

const refusals: readonly { text: string; violation: JsonViolation; because: string }[] = [
  { text: '', violation: 'not_json', because: 'empty text' },
  { text: ' ', violation: 'not_json', because: 'white space alone' },
  { text: '<html></html>', violation: 'not_json', because: 'HTML' },
  { text: '{"a":1', violation: 'not_json', because: 'a truncated document' },
  { text: '{"a":"', violation: 'not_json', because: 'an open string' },
  { text: '{"a":"\\"', violation: 'not_json', because: 'a string closed by an escaped quote' },
  { text: '{"a":1} {"b":2}', violation: 'not_json', because: 'two documents' },
  { text: "{'a':1}", violation: 'not_json', because: 'single quotes' },
  { text: '{"a":1,}', violation: 'not_json', because: 'a trailing comma' },
  { text: '{"a":01}', violation: 'not_json', because: 'a leading zero' },
  { text: '{"a":NaN}', violation: 'not_json', because: 'NaN' },
  { text: '{"a":"\t"}', violation: 'not_json', because: 'a raw control character' },
  { text: '\ufeff{"a":1}', violation: 'not_json', because: 'a byte order mark' },
  { text: '{"a":"\ud800"}', violation: 'not_json', because: 'a raw unpaired surrogate' },
  { text: '{"a":"\\ud800"}', violation: 'not_json', because: 'an escaped unpaired surrogate' },
  { text: '{"a":"\\uDC00\\uD800"}', violation: 'not_json', because: 'a pair the wrong way round' },
  { text: '{"\\udfff":1}', violation: 'not_json', because: 'an unpaired surrogate in a name' },
  { text: '{"a":[{"b":"\\uDBFF"}]}', violation: 'not_json', because: 'an inner one' },
  { text: 'null', violation: 'not_an_object', because: 'null' },
  { text: '[]', violation: 'not_an_object', because: 'an array' },
  { text: '"{}"', violation: 'not_an_object', because: 'a string' },
  { text: '1', violation: 'not_an_object', because: 'a number' },
  { text: '{"a":1,"a":1}', violation: 'duplicate_member', because: 'a repeated name' },
  { text: '{"a":1,"\\u0061":2}', violation: 'duplicate_member', because: 'an escaped repetition' },
  { text: '{"/":1,"\\/":2}', violation: 'duplicate_member', because: 'an escaped slash' },
  { text: '{"\\u00e9":1,"é":2}', violation: 'duplicate_member', because: 'case of hex digits' },
  { text: '{"":1,"":2}', violation: 'duplicate_member', because: 'empty names' },
  { text: '{"1":1,"1":2}', violation: 'duplicate_member', because: 'names like array indexes' },
  { text: '{"__proto__":1,"__proto__":2}', violation: 'duplicate_member', because: '__proto__' },
  { text: '{"a":{"b":1,"b":2}}', violation: 'duplicate_member', because: 'an inner object' },
  { text: '{"a":[{"b":1,"b":2}]}', violation: 'duplicate_member', because: 'one in an array' },
  {
    text: '{"a":{"x":1,"y":2},"a":{}}',
    violation: 'duplicate_member',
    because: 'a dropped object with members of its own',
  },
  { text: '{"a":[[[[]]]]}', violation: 'too_deep', because: 'arrays within arrays' },
  { text: '{"a":{"a":{"a":{"a":{}}}}}', violation: 'too_deep', because: 'objects within objects' },
  { text: '['.repeat(900), violation: 'too_deep', because: 'brackets that never close' },
  { text: `{"a":"${'a'.repeat(1_000)}"}`, violation: 'too_long', because: 'a long string' },
  { text: ' '.repeat(1_001), violation: 'too_long', because: 'white space' },
]

describe('parseJsonObject', () => {
  for (const { text, violation, because } of refusals) {
    it(`refuses ${because} as ${violation} [R1]`, () => {
      assert.deepEqual(parseJsonObject(text, limits), { ok: false, violation })
    })
  }

  it('accepts what looks like a duplicate and is none', () => {
    const texts = [
      '{"a":1,"A":2}',
      '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
      '{"a":"\\"a\\":1,\\"a\\":2","b":"{}[]::\\\\"}',
      '{"a":1,"a ":2,"a\\u0000":3}',
      '{"1":1,"01":2}',
      '{"a":"\\":"}',
      '{"a":"\\\\","b":"\\\\\\":{["}',
      '{"\\\\":1,"\\\\\\\\":2}',
      '{"é":1,"e\u0301":2}',
    ]
    for (const text of texts) {
      assert.deepEqual(parseJsonObject(text, limits), accepted(JSON.parse(text)), text)
    }
  })

  it('accepts surrogate pairs, raw, escaped and mixed', () => {
    const texts = ['{"a":"😀"}', '{"a":"\\ud83d\\ude00"}', '{"a":"\ud83d\\ude00"}']
    for (const text of texts) {
      assert.deepEqual(parseJsonObject(text, limits), accepted({ a: '😀' }), text)
    }
  })

  it('accepts a document exactly as long and as deep as permitted', () => {
    const text = '{"a":[{"b":[1]}]}'
    const exact = { depthMax: 4, lengthMax: text.length }
    assert.equal(parseJsonObject(text, exact).ok, true)
    assert.equal(parseJsonObject(text, { ...exact, depthMax: 3 }).ok, false)
    assert.equal(parseJsonObject(text, { ...exact, lengthMax: text.length - 1 }).ok, false)
  })

  it('agrees with the platform on every document written without duplicates', () => {
    fc.assert(
      fc.property(jsonRecord, fc.integer({ min: 0, max: 2 }), (document, space) => {
        const text = JSON.stringify(document, undefined, space)
        assert.deepEqual(parseJsonObject(text, wide), accepted(JSON.parse(text)))
      }),
    )
  })

  it('finds one duplicate at any depth, under any escape spelling', () => {
    fc.assert(
      fc.property(unicodeName, fc.array(level, { maxLength: 8 }), spelling, (name, path, spell) => {
        const inner = `{${JSON.stringify(name)}:1,"other ${path.length}":{},${spell(name)}:2}`
        const text = path.reduce((json, wrap) => wrap(json), inner)
        assert.deepEqual(JSON.parse(spell(name)), name)
        assert.deepEqual(parseJsonObject(`{"top":${text}}`, wide), {
          ok: false,
          violation: 'duplicate_member',
        })
      }),
    )
  })

  it('accepts nothing that the platform does not', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, syntaxText), (text) => {
        if (parseJsonObject(text, wide).ok) assert.equal(typeof JSON.parse(text), 'object')
      }),
    )
  })
})

describe('member', () => {
  it('finds what the document wrote, whatever it is called', () => {
    const parsed = parseJsonObject('{"a":1,"__proto__":{"b":2},"constructor":null}', limits)
    assert.ok(parsed.ok)
    assert.equal(member(parsed.value, 'a'), 1)
    assert.deepEqual(member(parsed.value, '__proto__'), { b: 2 })
    assert.equal(member(parsed.value, 'constructor'), null)
    assert.equal(member(parsed.value, 'b'), undefined)
  })

  it('finds nothing that every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.equal(member({}, name), undefined)
    }
  })
})

const wide = { depthMax: 32, lengthMax: 100_000 }

const jsonText = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ a') }),
)

const jsonRecord = fc.dictionary(
  jsonText,
  fc.oneof(jsonText, fc.array(fc.dictionary(jsonText, jsonText)), fc.jsonValue({ maxDepth: 5 })),
)

const unicodeName = fc.string({ unit: anyCharacter, maxLength: 8 })

const level = fc.constantFrom(
  (json: string) => `[${json}]`,
  (json: string) => `{"level":${json}}`,
  (json: string) => `[0,${json},"}"]`,
)

/**
 * Ways to write one string in JSON: as usual, and every code unit escaped with either case of hex.
 */
const spelling = fc.constantFrom(
  (name: string) => JSON.stringify(name),
  (name: string) => `"${escapedUnits(name, (digits) => digits)}"`,
  (name: string) => `"${escapedUnits(name, (digits) => digits.toUpperCase())}"`,
)

function escapedUnits(text: string, spell: (digits: string) => string): string {
  return text
    .split('')
    .map((unit) => `\\u${spell(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`)
    .join('')
}
