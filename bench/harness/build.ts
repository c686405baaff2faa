/**
 * Builds what is measured: the packages as they are published, and the programs of this folder that use them.
 *
 * Measured processes never run TypeScript sources: Node's own type stripper would take 40 MB and a good part of the
 * start, and nobody who installs the packages has it in memory.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const BENCH = join(import.meta.dirname, '..')

/** Brings `dist/` and `bundle/` up to date; throws with the words of what fails. */
export function build(): void {
  run(join(BENCH, '../node_modules/.bin/tsc'), ['-b', BENCH])
  run(process.execPath, [join(BENCH, '../tools/bundle.ts')])
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the packages do not build:\n${stdout}${stderr}`)
}

/** Where the built form of a program is: `servers/lean-server` for `servers/lean-server.ts`. */
export function builtFile(name: string): string {
  return join(BENCH, 'dist', `${name}.js`)
}
