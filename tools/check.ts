/**
 * Everything that `npm test` stands for, in the order in which a mistake is cheapest to find: types (which also builds
 * `dist/`, so that it is never older than the tested sources), format and lint, the house rules, then all tests.
 *
 * Usage: node tools/check.ts [--unit] [test files]
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { memoryFolder } from './memory-folder.ts'
import { planTests, type TestPlan, thisMachine } from './prerequisites.ts'
import { type UnitShards, writeUnitShards } from './unit-shards.ts'

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

/** Each more has to load what the others have loaded: past this, the wait is for that. */
const SHARDS_MAX = 4
/** In the whole run: so many that each is well within the limit on a file, beside other tests on a slow machine. */
const SHARDS_OF_WHOLE_RUN = 12

function main(args: readonly string[]): number {
  const files = args.filter((argument) => !argument.startsWith('--'))
  const isUnit = args.includes('--unit')
  for (const [title, command, parameters] of isUnit ? [] : steps) {
    console.log(`# ${title}`)
    const status = run(command, parameters)
    if (status !== 0) return status
  }
  if (isUnit) {
    return files.length > 0 ? runTests(files, '--test-isolation=none') : runUnits()
  }
  if (files.length > 0) return runPlanned(files, asTheyAre)
  return runPlanned([...unitTests, ...otherTests], withShards)
}

/** Runs what the machine can run of the tests that `patterns` name. */
function runPlanned(
  patterns: readonly string[],
  arrange: (files: readonly string[]) => TestFiles,
): number {
  const found = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] })
  if (found.length === 0) return runTests(patterns, '--test-concurrency=2')
  const plan = planTests(found.toSorted(), thisMachine(root))
  const status = plan.files.length > 0 ? runArranged(arrange(plan.files)) : 0
  return tellSkipped(plan) ? status : status || 1
}

function runArranged({ files, remove }: TestFiles): number {
  try {
    return runTests(files, '--test-concurrency=2')
  } finally {
    remove()
  }
}

/** Files to run, some of which may be there for this run only. */
type TestFiles = Pick<UnitShards, 'files' | 'remove'>

function asTheyAre(files: readonly string[]): TestFiles {
  return { files, remove() {} }
}

/** Unit tests in shards, before all others, which keep files of their own. */
function withShards(files: readonly string[]): TestFiles {
  const units = new Set(unitFiles())
  const isUnit = (file: string): boolean => units.has(file)
  const shards = shardsOf(files.filter(isUnit), SHARDS_OF_WHOLE_RUN)
  const others = files.filter((file) => !isUnit(file))
  return { files: [...shards.files, ...others], remove: shards.remove }
}

/** What starts somebody else's server, or another process, takes longer than a unit test may. */
function unitFiles(): readonly string[] {
  const exclude = ['**/interop/**', '**/processes/**']
  return globSync(unitTests, { cwd: root, exclude }).toSorted()
}

function shardsOf(units: readonly string[], count: number): UnitShards {
  const paths = units.map((unit) => join(root, unit))
  return writeUnitShards(paths, count, memoryFolder())
}

/** The unit tests alone, in as few processes as keep all cores busy. */
function runUnits(): number {
  const count = Math.min(availableParallelism(), SHARDS_MAX)
  const shards = shardsOf(unitFiles(), count)
  try {
    // The limit is one on a whole shard.
    return runTests(shards.files, `--test-concurrency=${count}`, '--test-timeout=600000')
  } finally {
    shards.remove()
  }
}

function runTests(files: readonly string[], ...how: readonly string[]): number {
  const parameters = ['--conditions=source', '--test', '--test-timeout=120000', ...how, ...files]
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
