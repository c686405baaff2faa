/**
 * The house rules that can be read off one file: sizes, names, ambient calls, documentation, leftovers.
 *
 * Usage: node tools/tidy.ts [--root DIR]
 */
import { type Finding, runCheck } from './finding.ts'
import type { SourceFile } from './source-file.ts'
import { readSourceTree } from './source-tree.ts'
import { ambientCallFindings } from './tidy/ambient-calls.ts'
import { documentationFindings } from './tidy/documentation.ts'
import { fileNameFindings } from './tidy/file-names.ts'
import { identifierFindings } from './tidy/identifiers.ts'
import { leftoverFindings } from './tidy/leftovers.ts'
import { sizeFindings } from './tidy/sizes.ts'

const rules: readonly ((file: SourceFile) => readonly Finding[])[] = [
  sizeFindings,
  fileNameFindings,
  identifierFindings,
  ambientCallFindings,
  documentationFindings,
  leftoverFindings,
]

/** Applies every rule to every source file below `root`; findings come in the order of paths and lines. */
export function tidy(root: string): readonly Finding[] {
  return readSourceTree(root).flatMap((file) =>
    rules.flatMap((rule) => rule(file)).toSorted((a, b) => a.line - b.line),
  )
}

if (import.meta.main) runCheck('tidy', tidy)
