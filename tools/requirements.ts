/**
 * Which requirements have tests, and whether what tests cite exists: `docs/requirements.md` is the list. A test cites
 * a requirement at the end of its title, as in `... [C6]` or `... [C6, T3]`, or as `requirement: 'C6'`.
 *
 * A requirement without a test is told, and nothing more; a citation of what is not on the page ends with 1. The tests
 * of these tools are left out: citations in them are made up.
 *
 * Usage: node tools/requirements.ts [--root DIR]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Finding, findingText } from './finding.ts'
import { isTest, type SourceFile } from './source-file.ts'
import { readSourceTree } from './source-tree.ts'

const PAGE = 'docs/requirements.md'

/** A requirement and the test files that cite it. */
export interface Citation {
  readonly requirement: string
  readonly paths: readonly string[]
}

/** What the tests of a tree cite. */
export interface CitationReport {
  /** Every requirement in the order of the page, cited or not. */
  readonly citations: readonly Citation[]
  /** The places that cite a requirement which is not on the page. */
  readonly findings: readonly Finding[]
}

/** Compares the page below `root` with its tests. Throws the system's error when there is no page. */
export function requirements(root: string): CitationReport {
  const page = new Set(requirementsOn(readFileSync(join(root, PAGE), 'utf8')))
  const mentions = readSourceTree(root)
    .filter(({ path }) => isTest(path) && !path.startsWith('tools/'))
    .flatMap(mentionsIn)
  return {
    citations: [...page].map((requirement) => {
      const cited = mentions.filter((mention) => mention.requirement === requirement)
      return { requirement, paths: [...new Set(cited.map(({ path }) => path))] }
    }),
    findings: mentions.filter(({ requirement }) => !page.has(requirement)).map(unknown),
  }
}

/** The ids in the first column of the page's tables. */
function requirementsOn(page: string): readonly string[] {
  return [...page.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id = '']) => id)
}

/** One place where a test cites a requirement. */
interface Mention {
  readonly path: string
  readonly line: number
  readonly requirement: string
}

function mentionsIn({ path, code }: SourceFile): readonly Mention[] {
  return code.flatMap(({ kind, text, line }, at) => {
    if (kind !== 'string') return []
    const isField = code[at - 1]?.text === ':' && code[at - 2]?.text === 'requirement'
    const tags = isField ? [text.slice(1, -1)] : tagsIn(text)
    const cited = tags.flatMap((tag) => tag.split(/,\s*/))
    return cited.map((requirement) => ({ path, line, requirement }))
  })
}

function tagsIn(text: string): readonly string[] {
  return [...text.matchAll(/\[([A-Z]\d+(?:,\s*[A-Z]\d+)*)\]/g)].map(([, tags = '']) => tags)
}

function unknown({ path, line, requirement }: Mention): Finding {
  const message = `"${requirement}" is not in ${PAGE}: cite one that is, or add it there`
  return { path, line, rule: 'requirement', message }
}

function main(): void {
  const { root = '.' } = parseArgs({ options: { root: { type: 'string' } } }).values
  const { citations, findings } = requirements(root)
  for (const { requirement, paths } of citations) {
    console.log(`${requirement.padEnd(4)}${paths.length === 0 ? '-' : paths.join(' ')}`)
  }
  const count = citations.filter(({ paths }) => paths.length > 0).length
  console.log(`requirements: ${count} of ${citations.length} cited`)
  if (findings.length === 0) return
  console.log([...findings.map(findingText), `requirements: ${findings.length} found`].join('\n'))
  process.exitCode = 1
}

if (import.meta.main) main()
