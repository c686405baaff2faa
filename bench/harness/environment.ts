/** What a figure depends on besides the code: the machine and the versions. Printed with every result. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, type } from 'node:os'
import { join } from 'node:path'
import { canPin } from './pinning.ts'

/** The machine and the software that a benchmark ran on. */
export interface Environment {
  readonly processor: string
  readonly cores: number
  readonly system: string
  /** Whether servers and load generators had a core each. */
  readonly isPinned: boolean
  readonly versions: Readonly<Record<string, string>>
}

const ROOT = join(import.meta.dirname, '../..')

/** Looks at the machine. `packages` are the installed packages whose versions matter. */
export function describeEnvironment(packages: readonly string[]): Environment {
  const versions = { node: process.versions.node, openssl: process.versions.openssl }
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    system: type(),
    isPinned: canPin(),
    versions: {
      ...versions,
      ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    },
  }
}

function versionOf(name: string): string {
  const path = join(ROOT, 'node_modules', name, 'package.json')
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
  return version
}
