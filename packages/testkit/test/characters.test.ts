import assert from 'node:assert/strict'
import { test } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'

test('every number is a character, and every character has one number', () => {
  const some = [0, 0x61, 0xd7ff, 0xd800, 0xffff, characters.last]
  assert.deepEqual(
    some.map((number) => characters.at(number).codePointAt(0)),
    [0, 0x61, 0xd7ff, 0xe000, 0x107ff, 0x10ffff],
  )
  const property = fc.property(fc.nat(characters.last), (number) => {
    const character = characters.at(number)
    assert.ok(character.isWellFormed())
    assert.equal(characters.numberOf(character), number)
  })
  fc.assert(property)
})

test('what is not one character has no number', () => {
  for (const thing of ['', 'ab', '\ud800', '\udfff', undefined, 7, {}]) {
    assert.throws(() => characters.numberOf(thing), TypeError)
  }
})
