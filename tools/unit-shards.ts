/**
 * All unit tests in a few processes: one for each file takes three times as long, most of it for loading what the
 * others have loaded, too, and a single one leaves cores idle. Each shard is a file that loads its tests, so that the
 * runner runs shards side by side and sums them up as it does files. Their promises are not tracked, see
 * `untracked-promises.ts`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The shards of some tests, until they are removed. */
export interface UnitShards {
  readonly files: readonly string[]
  remove(): void
}

/**
 * Deals `tests`, as absolute paths, out to `count` shards: neighbours are alike, and go to different ones.
 *
 * @param temporaryFolder - Where the tests keep their files. Default: where all programs do.
 */
export function writeUnitShards(
  tests: readonly string[],
  count: number,
  temporaryFolder?: string,
): UnitShards {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-units-'))
  const files = dealt(tests, count).map((shard, at) => {
    const all = join(folder, `shard-${at + 1}.mjs`)
    writeFileSync(all, lines(shard.map((test) => `import '${pathToFileURL(test).href}'`)))
    const file = join(folder, `shard-${at + 1}.test.mjs`)
    const steps = [...settingFor(temporaryFolder), loading(untrackedPromises), loading(all)]
    writeFileSync(file, lines(steps))
    return file
  })
  return { files, remove: () => rmSync(folder, { recursive: true }) }
}

const untrackedPromises = join(import.meta.dirname, 'untracked-promises.ts')

/** One after the other, where imports would all be loaded first. */
function loading(path: string): string {
  return `await import('${pathToFileURL(path).href}')`
}

function settingFor(temporaryFolder: string | undefined): readonly string[] {
  if (temporaryFolder === undefined) return []
  return [`process.env.TMPDIR = ${JSON.stringify(temporaryFolder)}`]
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}

/** In turns; fewer shards than asked for where there are fewer things. */
export function dealt<Thing>(things: readonly Thing[], count: number): readonly Thing[][] {
  const shards: Thing[][] = Array.from({ length: Math.min(count, things.length) }, () => [])
  for (const [at, thing] of things.entries()) shards[at % shards.length]?.push(thing)
  return shards
}
