import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { entityTag, parseTagCondition } from '../src/wire/entity-tag.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const lists: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['"a"', ['a'], []],
  [' "a" , W/"b","" ', ['a', ''], ['b']],
  ['"a,b", "c"', ['a,b', 'c'], []],
  ['W/"a"', [], ['a']],
  ['"*"', ['*'], []],
  ['"a",, "b",', ['a', 'b'], []],
  ['', [], []],
]
const malformed = [
  ...['a', '"a', 'a"', '"a" "b"', '"a""b"', '*, "a"', '"a", *', 'w/"a"'],
  ...['"a b"', '"a\tb"', "'a'", '"a"\r\nx: y', `"${'a'.repeat(9_000)}"`],
]

describe('entity tags', () => {
  for (const [value, strong, weak] of lists) {
    it(`are read from "${value}" [A13]`, () => {
      assert.deepEqual(parseTagCondition(value), { kind: 'versions', strong, weak })
    })
  }

  it('are any for an asterisk', () => {
    assert.deepEqual(parseTagCondition(' * '), { kind: 'any' })
  })

  for (const value of malformed) {
    it(`are not read from ${JSON.stringify(value.slice(0, 20))}`, () => {
      assert.equal(parseTagCondition(value), undefined)
    })
  }

  it('are read as they are written, whatever the version is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: anyCharacter }), { minLength: 1 }), (versions) => {
        const condition = parseTagCondition(versions.map(entityTag).join(', '))
        assert.ok(condition?.kind === 'versions')
        assert.equal(condition.strong.length, versions.length)
        for (const [at, version] of versions.entries()) {
          if (/^[\w-]*$/.test(version)) assert.equal(condition.strong[at], version)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('of any text are read in time, or not at all', () => {
    const pieces = fc.constantFrom('"', 'W/', ',', ' ', '\t', 'a', '*', '\\', 'é', '\u0000')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 400 }), (texts) => {
        parseTagCondition(texts.join(''))
      }),
      { numRuns: 200 },
    )
    for (const piece of ['"" \t', ' ', ', ', '"",', 'W/']) {
      assert.equal(parseTagCondition(`${piece.repeat(8_000 / piece.length)}x`), undefined)
    }
  })
})
