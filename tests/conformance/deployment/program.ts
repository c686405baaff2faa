/** The command line reader of the program itself, for command lines and variables that pages and files show. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '../../..')

/** The text of a file of this repository. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Absolute path of a file of this repository. */
export function inRoot(path: string): string {
  return join(root, path)
}

interface ReadLine {
  readonly asks: 'version' | 'help' | 'command'
  readonly requested?: boolean
  readonly command: { readonly settings: readonly string[] }
  readonly flags: ReadonlyMap<string, readonly string[]>
}

interface Program {
  readCommandLine(argv: readonly string[]): ReadLine
  resolveSettings(names: readonly string[], sources: object): unknown
  variableOf(name: string): string
}

const source = (name: string) => import(pathToFileURL(inRoot(`packages/cli/src/${name}.ts`)).href)
const program: Program = {
  ...(await source('command-line')),
  ...(await source('resolve-settings')),
  ...(await source('settings')),
}

/** Fails unless the program would run this: a command of its own, its flags, values that fit them. */
export function assertRuns(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): void {
  const line = program.readCommandLine(argv)
  if (line.asks !== 'command') {
    assert.ok(line.asks === 'version' || line.requested, `"${argv.join(' ')}" is no command`)
    return
  }
  const names = ['json', 'config', ...line.command.settings]
  const environment = new Map(Object.entries(variables))
  program.resolveSettings(names, { flags: line.flags, environment, file: new Map() })
  const known = new Set(names.map((name) => program.variableOf(name)))
  const ignored = Object.keys(variables).filter(
    (name) => name.startsWith('MINTMARK_') && !known.has(name),
  )
  assert.deepEqual(ignored, [], `variables that "${argv[0]}" does not read`)
}

/**
 * The command lines of `mintmark` in a shell script, without what is around them: pipes, files, other programs and
 * accounts. Knows quotes and continued lines, and of everything else that a shell does nothing.
 */
export function commandLinesIn(script: string): readonly (readonly string[])[] {
  const lines = script.replaceAll(/\\\n\s*/g, '').split('\n')
  return lines.flatMap((line) => segmentsOf(wordsOf(line))).flatMap(ownWords)
}

interface Word {
  readonly text: string
  readonly isQuoted: boolean
}

function wordsOf(line: string): readonly Word[] {
  const found = line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/g)
  const words: Word[] = []
  let endsAt = -1
  for (const { 0: whole, 1: double, 2: single, 3: plain, index } of found) {
    const isQuoted = plain === undefined
    if (!isQuoted && plain.startsWith('#')) break
    const text = double ?? single ?? plain ?? ''
    const before = words.at(-1)
    // What stands together is one word.
    if (before !== undefined && index === endsAt) {
      words[words.length - 1] = { text: before.text + text, isQuoted: true }
    } else words.push({ text, isQuoted })
    endsAt = index + whole.length
  }
  return words
}

function segmentsOf(words: readonly Word[]): readonly (readonly string[])[] {
  const segments: string[][] = [[]]
  for (const { text, isQuoted } of words) {
    if (!isQuoted && /^(\||&&|\|\||;|&)$/.test(text)) segments.push([])
    else segments.at(-1)?.push(text)
  }
  return segments
}

function ownWords(segment: readonly string[]): readonly (readonly string[])[] {
  const redirect = segment.findIndex((word) => /^[<>]/.test(word))
  const words = redirect === -1 ? segment : segment.slice(0, redirect)
  if (words[0] === 'mintmark') return [words.slice(1)]
  const starts = [
    ['sudo', '-u', 'mintmark', 'mintmark'],
    ['exec', 'mintmark'],
  ]
  for (const start of starts) {
    if (start.every((word, at) => words[at] === word)) return [words.slice(start.length)]
  }
  const inside = words.findIndex((word, at) => word === '--' && words[at + 1] === 'mintmark')
  return inside === -1 ? [] : [words.slice(inside + 2)]
}
