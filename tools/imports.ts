/** The imports of a file, read from its tokens. */
import type { Token } from './tokens.ts'

/** One `import`, `export ... from` or `import(...)`. */
export interface Import {
  readonly specifier: string
  readonly line: number
  /** Whether the whole statement is erased: `import type`, `export type ... from`, `typeof import(...)`. */
  readonly typeOnly: boolean
  /** Place of the first and last token of the statement in the tokens that were searched. */
  readonly first: number
  readonly last: number
}

/**
 * Finds every import of a literal specifier in tokens without comments.
 *
 * An `import('x').Name` in the place of a type counts as a run-time import: tokens do not tell the two apart.
 */
export function findImports(code: readonly Token[]): readonly Import[] {
  const found: Import[] = []
  for (const [first, token] of code.entries()) {
    if (token.kind !== 'word' || code[first - 1]?.text === '.') continue
    const last = specifierIndex(code, first)
    const literal = last === undefined ? undefined : code[last]
    if (last === undefined || literal?.kind !== 'string') continue
    const typeOnly = isErased(code, first)
    found.push({ specifier: literal.text.slice(1, -1), line: token.line, typeOnly, first, last })
  }
  return found
}

function specifierIndex(code: readonly Token[], first: number): number | undefined {
  const word = code[first]?.text
  if (word !== 'import' && word !== 'export') return undefined
  const next = code[first + 1]
  if (word === 'import' && next?.kind === 'string') return first + 1
  if (word === 'import' && next?.text === '(') return first + 2
  return afterFrom(code, first + 1)
}

/** Follows an import or export clause, which consists of words, commas, braces and a star, to its `from`. */
function afterFrom(code: readonly Token[], start: number): number | undefined {
  for (let at = start; at < code.length; at += 1) {
    const token = code[at]
    if (token === undefined) return undefined
    if (token.text === 'from' && code[at + 1]?.kind === 'string') return at + 1
    const inClause = token.kind === 'word' || ',{}*'.includes(token.text)
    if (!inClause || DECLARATIONS.has(token.text)) return undefined
  }
  return undefined
}

const DECLARATIONS = new Set(
  'abstract async class const declare default enum export function import interface let var'.split(
    ' ',
  ),
)

function isErased(code: readonly Token[], first: number): boolean {
  if (code[first - 1]?.text === 'typeof') return true
  const [next, after] = [code[first + 1], code[first + 2]]
  // `import type from './x.ts'` imports a default export that is called `type`.
  return next?.text === 'type' && after?.text !== 'from' && after?.text !== ','
}
