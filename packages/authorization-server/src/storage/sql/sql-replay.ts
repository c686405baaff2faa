/**
 * Used assertions and proofs: an entry that is there and has not expired was used before.
 *
 * Invariants
 *  (1) Of everybody who brings the same key at the same time, on whatever node, one is first: a row is inserted or
 *      taken over by one statement.
 *  (2) Rows are written in the order of their keys, so that no two nodes wait for each other.
 */
import type { ReplayEntry } from '@mintmark/limits'
import { rows, run, type SqlWork } from './sql-work.ts'

/** Entries of one statement: a round trip for many, and few texts to prepare. */
const ENTRIES_PER_STATEMENT = 64

/** What has expired is removed by one in this many calls; until then it is taken over by whoever has the same key. */
const CALLS_PER_SWEEP = 64

/** For each entry, whether it was seen for the first time. */
export interface ReplayAnswer {
  readonly ok: true
  readonly firsts: readonly boolean[]
}

/** Makes the work of one session: asks and remembers in one. */
export function createReplayGuard(): (
  entries: readonly ReplayEntry[],
  nowWallMs: number,
) => SqlWork<ReplayAnswer> {
  let calls = 0
  return function* consume(entries, nowWallMs) {
    const isSweep = calls % CALLS_PER_SWEEP === 0
    calls += 1
    if (isSweep) yield* run('delete from replay where expires_at_ms < ?', nowWallMs)
    const firstOf = new Map<string, ReplayEntry>()
    for (const entry of entries) if (!firstOf.has(entry.key)) firstOf.set(entry.key, entry)
    const inOrder = [...firstOf.values()].sort((one, other) => (one.key < other.key ? -1 : 1))
    const taken = new Set<string>()
    for (let at = 0; at < inOrder.length; at += ENTRIES_PER_STATEMENT) {
      const some = inOrder.slice(at, at + ENTRIES_PER_STATEMENT)
      for (const key of yield* takeKeys(some, nowWallMs)) taken.add(key)
    }
    const firsts = entries.map((entry) => firstOf.get(entry.key) === entry && taken.has(entry.key))
    return { ok: true, firsts }
  }
}

/** The keys that were free. */
function* takeKeys(entries: readonly ReplayEntry[], nowWallMs: number): SqlWork<readonly string[]> {
  const taken = yield* rows<{ readonly key: string }>(
    `insert into replay (key, expires_at_ms) values ${entries.map(() => '(?, ?)').join(', ')}
     on conflict (key) do update set expires_at_ms = excluded.expires_at_ms
       where replay.expires_at_ms < ?
     returning key`,
    ...entries.flatMap(({ key, expiresAtWallMs }) => [key, expiresAtWallMs]),
    nowWallMs,
  )
  return taken.map((row) => row.key)
}
