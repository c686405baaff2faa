/**
 * Everything that `npm test` stands for, in the order in which a mistake is cheapest to find: types (which also builds
 * `dist/`, so that it is never older than the tested sources), format and lint, the house rules, then all tests.
 *
 * Usage: node tools/check.ts [--unit] [test files]
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { planTests, type TestPlan, thisMachine } from './prerequisites.ts'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)

const steps: readonly (readonly [title: string, command: string, args: readonly string[]])[] = [
  ['types and build', bin('tsc'), ['-b', 'tsconfig.build.json']],
  ['entry points', process.execPath, ['tools/bundle.ts']],
  ['types of tests and tools', bin('tsc'), ['-p', 'tsconfig.json']],
  ['format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['import boundaries', process.execPath, ['tools/boundaries.ts']],
  ['house rules', process.execPath, ['tools/tidy.ts']],
  ['public interfaces', process.execPath, ['tools/public-api.ts']],
]

const unitTests = ['packages/*/test/**/*.test.ts', 'tools/test/**/*.test.ts']
const otherTests = ['tests/**/*.test.ts', 'bench/test/**/*.test.ts', 'examples/**/*.test.ts']

function main(args: readonly string[]): number {
  const files = args.filter((argument) => !argument.startsWith('--'))
  const isUnit = args.includes('--unit')
  for (const [title, command, parameters] of isUnit ? [] : steps) {
    console.log(`# ${title}`)
    const status = run(command, parameters)
    if (status !== 0) return status
  }
  if (isUnit) {
    // One process for all saves two thirds of the time; the whole run keeps files from each other.
    // What starts somebody else's server takes longer than a unit test may.
    const units = globSync(unitTests, { cwd: root, exclude: ['**/interop/**'] })
    return runTests('--test-isolation=none', files.length > 0 ? files : units)
  }
  const patterns = files.length > 0 ? files : [...unitTests, ...otherTests]
  const found = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] })
  if (found.length === 0) return runTests('--test-concurrency=2', patterns)
  const plan = planTests(found.toSorted(), thisMachine(root))
  const status = plan.files.length > 0 ? runTests('--test-concurrency=2', plan.files) : 0
  return tellSkipped(plan) ? status : status || 1
}

function runTests(how: string, files: readonly string[]): number {
  const parameters = ['--conditions=source', '--test', how, '--test-timeout=120000', ...files]
  return run(process.execPath, parameters)
}

/** Says what was left out. Returns whether that is acceptable. */
function tellSkipped({ skipped }: TestPlan): boolean {
  for (const { file, wants } of skipped) console.log(`# skipped: ${file} needs ${wants}`)
  return skipped.length === 0 || process.env.CI !== 'true'
}

/** A test that fails may leave a server open, and then its file waits for it for ever; nothing here takes longer. */
const STEP_MINUTES_MAX = 15

function run(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: STEP_MINUTES_MAX * 60_000,
  })
  return result.status ?? 1
}

process.exitCode = main(process.argv.slice(2))
