// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are source texts
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { tokenise } from '../tokens.ts'

/** Source texts and their tokens as `kind text`. */
const texts: readonly (readonly [source: string, ...tokens: string[]])[] = [
  ['', ...[]],
  ['a1 #b $c _d é', 'word a1', 'word #b', 'word $c', 'word _d', 'word é'],
  ['// a "b\nc', 'comment // a "b', 'word c'],
  ['a /* b\n * // c */ d', 'word a', 'comment /* b\n * // c */', 'word d'],
  ['/* never closed', 'comment /* never closed'],
  ['#!/usr/bin/env node\na', 'comment #!/usr/bin/env node', 'word a'],
  [`'it\\'s' "//"`, `string 'it\\'s'`, 'string "//"'],
  ['a / b / c', 'word a', 'mark /', 'word b', 'mark /', 'word c'],
  ['x = /[/"]\\/\'/gu', 'word x', 'mark =', 'regex /[/"]\\/\'/gu'],
  ['return /a`/', 'word return', 'regex /a`/'],
  ['f(1) / 2', 'word f', 'mark (', 'number 1', 'mark )', 'mark /', 'number 2'],
  [
    '1_000n 0xffn 1.5e-3 .5 1',
    'number 1_000n',
    'number 0xffn',
    'number 1.5e-3',
    'number .5',
    'number 1',
  ],
  ['a?.b ?.5:1', 'word a', 'mark ?.', 'word b', 'mark ?', 'number .5', 'mark :', 'number 1'],
  ['(...a) => b', 'mark (', 'mark ...', 'word a', 'mark )', 'mark =>', 'word b'],
  ['`plain \\` $ text`', 'string `plain \\` $ text`'],
  ['`a${b}c${d}`', 'string `a${', 'word b', 'string }c${', 'word d', 'string }`'],
  [
    '`a${f({ b: `${c}` })}d` + e',
    ...['string `a${', 'word f', 'mark (', 'mark {', 'word b', 'mark :'],
    ...['string `${', 'word c', 'string }`', 'mark }', 'mark )', 'string }d`', 'mark +', 'word e'],
  ],
]

describe('tokenise', () => {
  for (const [source, ...expected] of texts) {
    it(`splits ${JSON.stringify(source)}`, () => {
      assert.deepEqual(
        tokenise(source).map(({ kind, text }) => `${kind} ${text}`),
        expected,
      )
    })
  }

  it('counts lines through comments, templates and blank lines', () => {
    const tokens = tokenise('\n\na /* x\n */ `b\n\n${c}` // d\ne')
    assert.deepEqual(
      tokens.map(({ text, line, lineEnd }) => [text, line, lineEnd]),
      [
        ['a', 3, 3],
        ['/* x\n */', 3, 4],
        ['`b\n\n${', 4, 6],
        ['c', 6, 6],
        ['}`', 6, 6],
        ['// d', 6, 6],
        ['e', 7, 7],
      ],
    )
  })

  it('loses nothing but whitespace, whatever the text', () => {
    const piece = fc.constantFrom(...'ab1\'"`${}()/\\*.?=>\n é#[]')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = pieces.join('')
        let end = 0
        for (const { text, start, line } of tokenise(source)) {
          assert.equal(source.slice(end, start).trim(), '')
          assert.equal(source.slice(start, start + text.length), text)
          assert.equal(line, source.slice(0, start).split('\n').length)
          end = start + text.length
        }
        assert.equal(source.slice(end).trim(), '')
      }),
      { numRuns: 1000 },
    )
  })
})
