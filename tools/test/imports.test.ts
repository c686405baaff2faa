import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findImports } from '../imports.ts'
import { tokenise } from '../tokens.ts'

/** Statements and what they import; a `!` marks what is erased. */
const statements: readonly (readonly [source: string, ...found: string[]])[] = [
  [`import './a.ts'`, './a.ts'],
  [`import a from "b"`, 'b'],
  [`import * as a from 'b'`, 'b'],
  [`import {\n  a,\n  type B as C,\n} from 'd'`, 'd'],
  [`import type { A } from 'b'`, 'b!'],
  [`import type A from 'b'`, 'b!'],
  [`import type from 'b'`, 'b'],
  [`import type, { A } from 'b'`, 'b'],
  [`export { a } from 'b'`, 'b'],
  [`export type { A } from 'b'`, 'b!'],
  [`export * from 'b'`, 'b'],
  [`const a = await import('b')`, 'b'],
  [`type A = typeof import('b')`, 'b!'],
  [`export { a }\nimport { b } from 'c'`, 'c'],
  [`export const from = 'a'`],
  [`export default from\nimport 'b'`, 'b'],
  [`export function a() { return import.meta.url }`],
  [`// import 'a'\nconst text = "import 'b'"`],
  [`loader.import('a')`],
  [`import(name)`],
]

describe('findImports', () => {
  for (const [source, ...expected] of statements) {
    it(`reads ${JSON.stringify(source)}`, () => {
      const code = tokenise(source).filter(({ kind }) => kind !== 'comment')
      const found = findImports(code)
      assert.deepEqual(
        found.map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? '!' : ''}`),
        expected,
      )
    })
  }

  it('tells the line on which the statement begins', () => {
    const [, second] = findImports(tokenise(`import 'a'\n\nimport {\n  b\n} from 'c'`))
    assert.equal(second?.line, 3)
  })
})
