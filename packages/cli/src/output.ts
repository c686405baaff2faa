/**
 * Where answers go. With `--json` standard output carries exactly one JSON document; without it,
 * lines for a person. Everything that is not the answer (logs, notices, errors) goes to standard
 * error.
 */
import { printable, printableJson } from './printable.ts'
import type { ProcessEdge } from './process-edge.ts'

/** How one command answers. */
export interface Output {
  readonly json: boolean
  /** Prints the answer once: `document` with `--json`, `lines` without. */
  answer(lines: readonly string[], document: object): Promise<void>
  /** Tells a person something that is not the answer; silent with `--json`. */
  notice(line: string): void
}

/** The output of one command on `edge`. */
export function createOutput(edge: ProcessEdge, json: boolean): Output {
  return {
    json,
    answer: (lines, document) => edge.writeOutput(json ? oneDocument(document) : oneText(lines)),
    notice: (line) => {
      if (!json) edge.writeNotice(`mintmark: ${line}\n`)
    },
  }
}

function oneDocument(document: object): string {
  return `${printableJson(document)}\n`
}

function oneText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/**
 * Rows under headings, in columns as wide as their widest cell; cells are made safe for a terminal.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return columns([headings, ...rows])
}

/** Names and values, the values aligned; a pair without a value is left out. */
export function pairs(entries: readonly (readonly [string, string | undefined])[]): string[] {
  return columns(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const safe = rows.map((row) => row.map((cell) => printable(cell)))
  const widths: number[] = []
  for (const row of safe) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  }
  return safe.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
