/**
 * The version in this package's own `package.json`, which is one folder up from the sources and
 * from `dist` alike.
 */
import { readFileSync } from 'node:fs'

/** Reads the package version, such as `0.1.0`. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return (manifest as { version: string }).version
}
