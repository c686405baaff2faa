/**
 * The runtimes of `package.json` in this folder that there are for this machine, installed when they are first needed:
 * two hundred megabytes that nobody wants who only starts the project.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One runtime, and how it runs a program. */
export interface InstalledRuntime {
  /** Such as `node-20`. */
  readonly name: string
  /** The program and its first arguments; the script and its own come after them. */
  readonly command: readonly [string, ...string[]]
}

const folder = import.meta.dirname
const suffix = `-${process.platform}-${process.arch}`

/** Where a package keeps its program, and what has to stand between that and the script. */
const programs: readonly (readonly [name: RegExp, path: string, flags: readonly string[]])[] = [
  [/^node-/, 'bin/node', []],
  [/^bun-/, 'bin/bun', ['run']],
  [/^deno-/, 'deno', ['run', '--no-prompt', '--allow-net', '--allow-read']],
]

/** Installs what is missing and lists all, the Node that runs this first. Throws when npm cannot get them. */
export function installedRuntimes(): readonly InstalledRuntime[] {
  const names = runtimePackages()
  if (!names.every(isInstalled)) install()
  const own = `node-${process.versions.node.split('.')[0]}`
  return [
    { name: own, command: [process.execPath] },
    ...names.map((name): InstalledRuntime => {
      const [, path, flags] = programOf(name)
      const program = join(folder, 'node_modules', name, path)
      return { name: name.slice(0, -suffix.length), command: [program, ...flags] }
    }),
  ]
}

function runtimePackages(): readonly string[] {
  return Object.keys(versionsIn('package.json').optionalDependencies ?? {}).filter((name) =>
    name.endsWith(suffix),
  )
}

/** Installed, and in the version that the lock file names. */
function isInstalled(name: string): boolean {
  const manifest = `node_modules/${name}/package.json`
  if (!existsSync(join(folder, manifest))) return false
  const locked = versionsIn('package-lock.json').packages?.[`node_modules/${name}`]?.version
  return versionsIn(manifest).version === locked
}

interface Manifest {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly packages?: Readonly<Record<string, { readonly version?: string }>>
}

function versionsIn(path: string): Manifest {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'))
}

function install(): void {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}

function programOf(name: string): (typeof programs)[number] {
  const program = programs.find(([pattern]) => pattern.test(name))
  if (program === undefined) throw new TypeError(`${name}: what does its package contain?`)
  return program
}
