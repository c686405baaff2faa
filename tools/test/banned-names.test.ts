import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { allowedPhrases, bannedNames, nameExceptions } from '../banned-names.ts'
import { tidy } from '../tidy.ts'
import { withTree } from './fixture-tree.ts'

const glossary = readFileSync(join(import.meta.dirname, '../../docs/glossary.md'), 'utf8')

describe('the list of banned names', () => {
  it('is the table at the end of the glossary, row by row', () => {
    const heading = '| not | but |\n|---|---|\n'
    const start = glossary.indexOf(heading) + heading.length
    const table = glossary.slice(start, glossary.indexOf('\n\n', start)).split('\n')
    assert.deepEqual(
      table,
      bannedNames.map(({ words, instead }) => `| \`${words}\` | ${instead} |`),
    )
  })

  for (const { below, identifier } of nameExceptions) {
    it(`needs its exception for ${identifier} below "${below}", and honours it`, () => {
      const text = `/** A place. */\nconst ${identifier} = 1\n`
      const inside = { [`${below || 'tools/'}a.ts`]: text }
      assert.deepEqual(withTree(inside, tidy), [])
      const longer = `const ${identifier}_ = 1\n`
      assert.equal(withTree({ 'bench/a.ts': longer }, tidy).length, 1)
    })
  }

  for (const { words } of allowedPhrases) {
    it(`needs its exception for "${words}", and honours it within an identifier`, () => {
      const text = words.replaceAll(' ', '_').toUpperCase()
      const inside = { 'tools/a.ts': `const ${text} = 1\nconst MY_${text}_PATH = 2\n` }
      assert.deepEqual(withTree(inside, tidy), [])
      const apart = { 'tools/a.ts': `const ${text.replace('_', '_NO_')} = 1\n` }
      assert.equal(withTree(apart, tidy).length, 1)
    })
  }
})

describe('the glossary', () => {
  const house = ['guard', 'ring', 'renewal', 'lease', 'generation', 'tombstone', 'verdict']
  for (const word of [...house, 'refusal', 'dialect']) {
    it(`defines ${word} exactly once`, () => {
      const definitions = glossary.split('\n').filter((line) => line.startsWith(`| ${word} |`))
      assert.equal(definitions.length, 1)
    })
  }
})
