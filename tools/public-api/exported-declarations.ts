/**
 * The names that a module exports and their declarations, read from the declaration files that `tsc` writes.
 *
 * Text, not types: a declaration is what stands in the file, without comments. Types that it mentions are followed
 * only when they are exported themselves. What comes from another package is named with it: it is declared there.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { matchBrackets } from '../functions.ts'
import { findImports, type Import } from '../imports.ts'
import { type Token, tokenise } from '../tokens.ts'

const KINDS = new Set(['class', 'const', 'enum', 'function', 'interface', 'let', 'type', 'var'])
const MODIFIERS = new Set(['export', 'declare', 'abstract', 'default'])

/** Declarations by exported name. An overloaded function has all its declarations in one text. */
export type Declarations = ReadonlyMap<string, string>

/** Reads the module at `file` (`.d.ts`) and the modules it re-exports from. Throws when one cannot be read. */
export function exportedDeclarations(file: string): Declarations {
  const text = readFileSync(file, 'utf8')
  const code = tokenise(text).filter(({ kind }) => kind !== 'comment')
  const declared = ownDeclarations(text, code)
  const exported = new Map(declared)
  for (const reexport of reexports(code)) {
    if (!reexport.specifier.startsWith('.')) {
      for (const [name, as] of reexportedNames(code, reexport, new Map())) {
        const names = name === as ? name : `${name} as ${as}`
        exported.set(as, `export { ${names} } from '${reexport.specifier}'`)
      }
      continue
    }
    const source = exportedDeclarations(join(dirname(file), declarationFile(reexport.specifier)))
    for (const [name, as] of reexportedNames(code, reexport, source)) {
      exported.set(as, source.get(name) ?? `${name}: not found in ${reexport.specifier}`)
    }
  }
  return exported
}

function reexports(code: readonly Token[]): readonly Import[] {
  return findImports(code).filter(({ first }) => code[first]?.text === 'export')
}

function declarationFile(specifier: string): string {
  return specifier.replace(/\.[jt]s$/, '.d.ts')
}

/** Pairs of the name in the other module and the name it is exported under; a star means all of them. */
function reexportedNames(
  code: readonly Token[],
  { first, last }: Import,
  source: Declarations,
): readonly (readonly [string, string])[] {
  const clause = code.slice(first, last).map(({ text }) => text)
  if (clause.includes('*')) return [...source.keys()].map((name) => [name, name])
  const members = clause.slice(clause.indexOf('{') + 1, clause.indexOf('}')).join(' ')
  return members.split(',').flatMap((member) => {
    const words = member
      .trim()
      .replace(/^type /, '')
      .split(' as ')
    const [name, as = name] = words
    return name === undefined || as === undefined || name === '' ? [] : [[name, as] as const]
  })
}

function ownDeclarations(text: string, code: readonly Token[]): Declarations {
  const partners = matchBrackets(code)
  const found = new Map<string, string>()
  for (const [at, { kind, text: word }] of code.entries()) {
    if (kind !== 'word' || word !== 'export') continue
    let first = at
    while (MODIFIERS.has(code[first]?.text ?? '')) first += 1
    const name = code[first + 1]
    if (!KINDS.has(code[first]?.text ?? '') || name?.kind !== 'word') continue
    const declaration = withoutComments(text, code.slice(first, endOf(code, partners, first) + 1))
    found.set(name.text, [found.get(name.text), declaration].filter(Boolean).join('\n'))
  }
  return found
}

/** The place of the brace that closes a class or an interface, or of the semicolon that ends anything else. */
function endOf(
  code: readonly Token[],
  partners: ReadonlyMap<number, number>,
  first: number,
): number {
  const hasBody = ['class', 'interface', 'enum'].includes(code[first]?.text ?? '')
  for (let at = first; at < code.length; at += 1) {
    const text = code[at]?.text ?? ''
    if (text === ';') return at - 1
    if (hasBody && text === '{') return partners.get(at) ?? at
    if ('([{'.includes(text)) at = partners.get(at) ?? at
  }
  return code.length - 1
}

/** The text of the tokens as it is written, with comments and blank lines taken out. */
function withoutComments(text: string, code: readonly Token[]): string {
  let written = ''
  let end = code[0]?.start ?? 0
  for (const token of code) {
    const gap = text.slice(end, token.start)
    written += gap.includes('/') ? (/\n *$/.exec(gap)?.[0] ?? ' ') : gap
    written += token.text
    end = token.start + token.text.length
  }
  return written.replaceAll(/^\s*#private;\n/gm, '').replaceAll(/\n\s*\n/g, '\n')
}
