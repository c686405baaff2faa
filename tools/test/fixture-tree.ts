/** Small trees of files in a temporary folder, for checks to look at. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** File contents by path relative to the root. */
export type FixtureTree = Readonly<Record<string, string>>

/** Writes the tree, hands its root to `use` and removes it again, whatever `use` does. */
export function withTree<Result>(tree: FixtureTree, use: (root: string) => Result): Result {
  const root = mkdtempSync(join(tmpdir(), 'mintmark-tools-'))
  try {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return use(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}
