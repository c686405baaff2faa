/**
 * Makes one file out of each entry point of the packages that export one, from what the compiler wrote into `dist/` to
 * `bundle/`. Loading a module costs about a third of a millisecond whatever is in it, and the client has a hundred:
 * a program that imports it would wait for that at every start. What entry points have in common becomes a file beside
 * them. Nothing is minified, and other packages stay imports, so stack traces and identities are as in the sources.
 *
 * Does nothing for a package whose bundle is newer than what it was made of: programs that run do not lose their files.
 *
 * Usage: node tools/bundle.ts (behind `tsc -b`)
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const packages = join(import.meta.dirname, '../packages')
const BUNDLE = './bundle/'
/** What the portable packages support at least. */
const TARGET = 'node20.19'

interface Manifest {
  readonly exports?: Readonly<Record<string, string | { readonly default?: string }>>
}

/** The files below `bundle/` that the package in `folder` exports. */
function bundledFiles(folder: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  return Object.values(manifest.exports ?? {}).flatMap((target) => {
    const file = typeof target === 'string' ? undefined : target.default
    return file?.startsWith(BUNDLE) ? [file.slice(BUNDLE.length)] : []
  })
}

/** When the newest of the files below `folder` was written, and the oldest, in milliseconds since 1970. */
function changesBelow(folder: string): { readonly newest: number; readonly oldest: number } {
  const times = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs)
  return { newest: Math.max(...times), oldest: Math.min(...times) }
}

function isFresh(folder: string): boolean {
  const outdir = join(folder, 'bundle')
  if (!existsSync(outdir)) return false
  const manifestAt = statSync(join(folder, 'package.json')).mtimeMs
  const inputAt = Math.max(manifestAt, changesBelow(join(folder, 'dist')).newest)
  return changesBelow(outdir).oldest >= inputAt
}

async function bundle(folder: string, files: readonly string[]): Promise<void> {
  const outdir = join(folder, 'bundle')
  rmSync(outdir, { recursive: true, force: true })
  await build({
    entryPoints: files.map((file) => join(folder, 'dist', file)),
    ...{ outdir, outbase: join(folder, 'dist') },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'neutral', target: TARGET },
    packages: 'external',
    logLevel: 'warning',
  })
}

for (const name of readdirSync(packages)) {
  const folder = join(packages, name)
  const files = bundledFiles(folder)
  if (files.length > 0 && !isFresh(folder)) await bundle(folder, files)
}
