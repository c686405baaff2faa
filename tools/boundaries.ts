/**
 * Who imports whom: only the edges of the design between packages, only entry points across them, no cycles within.
 *
 * Usage: node tools/boundaries.ts [--root DIR]
 */
import { cycleFindings } from './boundaries/cycles.ts'
import { importFindings } from './boundaries/import-rules.ts'
import { manifestFindings } from './boundaries/manifest-rules.ts'
import { type Finding, runCheck } from './finding.ts'
import { readPackages } from './packages.ts'
import { readSourceTree } from './source-tree.ts'

/** Looks at every import below `root`. */
export function boundaries(root: string): readonly Finding[] {
  const packages = readPackages(root)
  const files = readSourceTree(root)
  return [
    ...manifestFindings(packages),
    ...files.flatMap((file) => importFindings(file, packages)),
    ...cycleFindings(files),
  ]
}

if (import.meta.main) runCheck('boundaries', boundaries)
