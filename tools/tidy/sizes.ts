/**
 * Ceilings: what fits on a screen gets reviewed. Lines are counted when they hold code; comments and blank lines are
 * free.
 */
import type { Finding } from '../finding.ts'
import { findFunctions } from '../functions.ts'
import { isTest, type SourceFile } from '../source-file.ts'
import type { Token } from '../tokens.ts'

const FILE_CODE_LINES_MAX = 250
const FUNCTION_CODE_LINES_MAX = 60
const CODE_COLUMNS_MAX = 100
/** Comments and sentences in strings: broken in the middle, a message can no longer be searched for. */
const PROSE_COLUMNS_MAX = 120
const SENTENCE_LENGTH_MIN = 40
/** A literal without a space longer than this (a key, a URL) cannot be broken: its line may be as long as it is. */
const UNBREAKABLE_LITERAL_LENGTH = 60

const TEST_DECLARATIONS = new Set(['describe', 'it', 'test', 'suite'])

/** Finds files, functions and lines that are longer than the ceilings. */
export function sizeFindings(file: SourceFile): readonly Finding[] {
  return [...fileLength(file), ...functionLengths(file), ...lineLengths(file)]
}

function fileLength(file: SourceFile): readonly Finding[] {
  const count = codeLines(file.code)
  if (count <= FILE_CODE_LINES_MAX) return []
  const message = `${count} code lines, at most ${FILE_CODE_LINES_MAX}: split it by meaning`
  return [{ path: file.path, line: 1, rule: 'file-length', message }]
}

/** In tests a function that declares tests is a list of them, not one thing to understand, and may be long. */
function functionLengths({ path, code }: SourceFile): readonly Finding[] {
  return findFunctions(code).flatMap(({ first, last }) => {
    const body = code.slice(first, last + 1)
    const count = codeLines(body)
    if (count <= FUNCTION_CODE_LINES_MAX || (isTest(path) && declaresTests(body))) return []
    const message = `${count} code lines, at most ${FUNCTION_CODE_LINES_MAX}: name its steps and split them off`
    return [{ path, line: body[0]?.line ?? 1, rule: 'function-length', message }]
  })
}

function declaresTests(body: readonly Token[]): boolean {
  return body.some(
    ({ kind, text }, at) =>
      kind === 'word' && TEST_DECLARATIONS.has(text) && '(.'.includes(body[at + 1]?.text ?? ' '),
  )
}

function lineLengths({ path, lines, code }: SourceFile): readonly Finding[] {
  const withCode = linesWithCode(code)
  const literals = literalsByLine(code)
  return lines.flatMap((text, index) => {
    const line = index + 1
    const columns = [...text].length
    const here = literals.get(line) ?? []
    if (columns <= CODE_COLUMNS_MAX || here.some(isUnbreakable)) return []
    const columnsMax =
      !withCode.has(line) || isSentence(here) ? PROSE_COLUMNS_MAX : CODE_COLUMNS_MAX
    if (columns <= columnsMax) return []
    const message = `${columns} columns, at most ${columnsMax}: break the line`
    return [{ path, line, rule: 'line-length', message }]
  })
}

function literalsByLine(code: readonly Token[]): ReadonlyMap<number, readonly Token[]> {
  const literals = new Map<number, Token[]>()
  for (const token of code) {
    if (token.kind !== 'string' && token.kind !== 'regex') continue
    for (let line = token.line; line <= token.lineEnd; line += 1) {
      literals.set(line, [...(literals.get(line) ?? []), token])
    }
  }
  return literals
}

function isSentence(literals: readonly Token[]): boolean {
  const length = literals.reduce((sum, { text }) => sum + text.length, 0)
  return length >= SENTENCE_LENGTH_MIN
}

function isUnbreakable({ text }: Token): boolean {
  return text.length > UNBREAKABLE_LITERAL_LENGTH && !/\s/.test(text)
}

function codeLines(code: readonly Token[]): number {
  return linesWithCode(code).size
}

function linesWithCode(code: readonly Token[]): ReadonlySet<number> {
  const lines = new Set<number>()
  for (const token of code) {
    for (let line = token.line; line <= token.lineEnd; line += 1) lines.add(line)
  }
  return lines
}
