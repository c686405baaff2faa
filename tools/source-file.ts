/** One TypeScript file of the tree, read and split into tokens. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Token, tokenise } from './tokens.ts'

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly lines: readonly string[]
  readonly tokens: readonly Token[]
  /** The tokens without comments. */
  readonly code: readonly Token[]
}

/** Reads the file at `path` below `root`. Throws the system's error when it cannot be read. */
export function readSourceFile(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const tokens = tokenise(text)
  return {
    path,
    lines: text.split('\n'),
    tokens,
    code: tokens.filter((token) => token.kind !== 'comment'),
  }
}

/** Tells whether the file belongs to what a package publishes: `packages/NAME/src/...`. */
export function isPackageSource(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path)
}

/** Tells whether the file is an `index.ts`, which only exports by name and is exempt from documentation rules. */
export function isIndex(path: string): boolean {
  return path.endsWith('/index.ts')
}

/** Tells whether the file is a test or belongs to tests: below `test/` or `tests/`. */
export function isTest(path: string): boolean {
  return /(^|\/)tests?\//.test(path)
}
