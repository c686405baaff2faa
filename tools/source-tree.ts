/** The TypeScript files of the repository that house rules apply to. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readSourceFile, type SourceFile } from './source-file.ts'

const FOLDERS = ['packages', 'apps', 'tests', 'tools', 'bench', 'examples']
const NOT_OURS = new Set(['node_modules', 'dist', 'bundle'])

/** Reads every `.ts` file below the source folders of `root`, in the order of their paths. */
export function readSourceTree(root: string): readonly SourceFile[] {
  return FOLDERS.flatMap((folder) => filesBelow(root, folder))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .toSorted()
    .map((path) => readSourceFile(root, path))
}

function filesBelow(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name) || entry.name.startsWith('.')) return []
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesBelow(root, path) : [path]
  })
}
