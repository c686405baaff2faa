/** Cycles between files: two files that import each other are one file in two pieces. Erased imports count too. */
import { posix } from 'node:path'
import type { Finding } from '../finding.ts'
import { findImports } from '../imports.ts'
import type { SourceFile } from '../source-file.ts'

interface Edge {
  readonly to: string
  readonly line: number
}

type Graph = ReadonlyMap<string, readonly Edge[]>

/**
 * Finds cycles over relative imports, each once, at the import that closes it.
 *
 * Where cycles are entangled it may take more than one run to see all of them.
 */
export function cycleFindings(files: readonly SourceFile[]): readonly Finding[] {
  const graph = importGraph(files)
  const finished = new Set<string>()
  const findings: Finding[] = []
  const trail: string[] = []
  const visit = (path: string): void => {
    if (finished.has(path)) return
    trail.push(path)
    for (const { to, line } of graph.get(path) ?? []) {
      const start = trail.indexOf(to)
      if (start === -1) visit(to)
      else findings.push(cycleFinding(path, line, [...trail.slice(start), to]))
    }
    trail.pop()
    finished.add(path)
  }
  for (const path of graph.keys()) visit(path)
  return findings
}

function importGraph(files: readonly SourceFile[]): Graph {
  const paths = new Set(files.map(({ path }) => path))
  return new Map(
    files.map(({ path, code }) => {
      const edges = findImports(code)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier, line }) => ({ to: posix.join(posix.dirname(path), specifier), line }))
        .filter(({ to }) => paths.has(to))
      return [path, edges]
    }),
  )
}

function cycleFinding(path: string, line: number, cycle: readonly string[]): Finding {
  const names = cycle.map((member) => posix.basename(member)).join(' -> ')
  const message = `${names}: move what both need into a third file`
  return { path, line, rule: 'cycle', message }
}
