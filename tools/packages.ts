/** The workspace's packages as their manifests describe them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the checks need of one `package.json`. */
export interface Package {
  /** The folder below `packages/`. */
  readonly folder: string
  /** The npm name. */
  readonly name: string
  /** Names of the run-time dependencies, optional peers not included. */
  readonly dependencies: readonly string[]
  /** Each entry point by its subpath (`.`, `./node`), with the declaration file it promises. */
  readonly entryPoints: ReadonlyMap<string, string>
}

/** Reads every manifest in `packages/*` below `root`, in the order of the folders. Throws when one is not JSON. */
export function readPackages(root: string): readonly Package[] {
  const folders = join(root, 'packages')
  if (!existsSync(folders)) return []
  return readdirSync(folders)
    .toSorted()
    .filter((folder) => existsSync(join(folders, folder, 'package.json')))
    .map((folder) => readPackage(folders, folder))
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>
}

function readPackage(folders: string, folder: string): Package {
  const text = readFileSync(join(folders, folder, 'package.json'), 'utf8')
  const { name, dependencies = {}, exports = {} } = JSON.parse(text) as Manifest
  const entryPoints = Object.entries(exports).map(
    ([subpath, target]) =>
      [subpath, typeof target === 'string' ? target : (target.types ?? '')] as const,
  )
  return {
    folder,
    name,
    dependencies: Object.keys(dependencies),
    entryPoints: new Map(entryPoints),
  }
}
