/**
 * Which requirements of the product have tests: a report, not a gate. A test cites a requirement at the end of its
 * title, as in `... [C6]` or `... [C6, T3]`, or as `requirement: 'C6'`.
 *
 * Usage: node tools/requirements.ts [--root DIR]
 */
import { parseArgs } from 'node:util'
import { isTest, type SourceFile } from './source-file.ts'
import { readSourceTree } from './source-tree.ts'

/** How many rows each table of the product has. */
const ROWS: ReadonlyMap<string, number> = new Map([
  ['S', 7],
  ['T', 4],
  ['C', 16],
  ['A', 14],
  ['R', 9],
  ['X', 8],
])

/** A requirement and the test files that cite it. */
export interface Citation {
  readonly requirement: string
  readonly paths: readonly string[]
}

/** Every requirement in the order of the product, cited or not. */
export function citations(root: string): readonly Citation[] {
  const cited = readSourceTree(root)
    .filter(({ path }) => isTest(path))
    .map((file) => ({ path: file.path, requirements: new Set(requirementsIn(file)) }))
  return allRequirements().map((requirement) => ({
    requirement,
    paths: cited
      .filter(({ requirements }) => requirements.has(requirement))
      .map(({ path }) => path),
  }))
}

function allRequirements(): readonly string[] {
  return [...ROWS].flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  )
}

function requirementsIn({ code }: SourceFile): readonly string[] {
  return code.flatMap(({ kind, text }, at) => {
    if (kind !== 'string') return []
    const isField = code[at - 1]?.text === ':' && code[at - 2]?.text === 'requirement'
    const tags = isField ? [text.slice(1, -1)] : tagsIn(text)
    return tags.flatMap((tag) => tag.split(/,\s*/))
  })
}

function tagsIn(text: string): readonly string[] {
  return [...text.matchAll(/\[([A-Z]\d+(?:,\s*[A-Z]\d+)*)\]/g)].map(([, tags = '']) => tags)
}

function main(): void {
  const { root = '.' } = parseArgs({ options: { root: { type: 'string' } } }).values
  const rows = citations(root)
  for (const { requirement, paths } of rows) {
    console.log(`${requirement.padEnd(4)}${paths.length === 0 ? '-' : paths.join(' ')}`)
  }
  const count = rows.filter(({ paths }) => paths.length > 0).length
  console.log(`requirements: ${count} of ${rows.length} cited`)
}

if (import.meta.main) main()
