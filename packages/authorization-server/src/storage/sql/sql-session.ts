/** The storage session on any SQL database: what is read and written is the same everywhere. */
import { nodeKeptMs } from '../../limits.ts'
import type { NodeReport, SecretUsage } from '../records.ts'
import type { StorageSession } from '../storage.ts'
import { applyChanges } from './sql-changes.ts'
import { readTables, writeTables } from './sql-copy.ts'
import { createReplayGuard } from './sql-replay.ts'
import { type AuditRow, auditRecordFrom } from './sql-rows.ts'
import { loadDifference, loadRegistryPart, loadState } from './sql-state.ts'
import { rows, run, type SqlDatabase, type SqlWork } from './sql-work.ts'

/** What a session stands on. */
export interface SqlSessionParts {
  readonly database: SqlDatabase
  /** Where used assertions are kept: not worth a disk write each, so not always the database itself. */
  readonly replay: SqlDatabase
  readonly masterKey: Uint8Array
}

/** Makes the session over open, migrated databases; closing it closes them. */
export function createSqlSession({ database, replay, masterKey }: SqlSessionParts): StorageSession {
  let reads = 0
  let writes = 0
  let changed: (() => void) | undefined
  const consumeReplay = createReplayGuard()

  function read<Result>(work: () => SqlWork<Result>): Promise<Result> {
    reads += 1
    return database.snapshot(work)
  }

  return {
    masterKey,
    load: () => read(loadState),
    readRegistry: (clients) => read(() => loadRegistryPart(clients)),
    changesSince: (sequence) => read(() => loadDifference(sequence)),
    watch(listener) {
      if (changed === undefined) database.watch(() => changed?.())
      changed = listener
    },
    async apply(changes, origin, basis) {
      writes += 1
      const outcome = await database.transaction(() => applyChanges(changes, origin, basis))
      if (outcome.ok) changed?.()
      return outcome
    },
    auditRecords: (after, limit, clientId) => read(() => auditRecords(after, limit, clientId)),
    async recordUsage(usage, report) {
      writes += 1
      await database.note(() => recordUsage(usage, report))
    },
    usageOf: (clientId) => read(() => usageOf(clientId)),
    async consumeReplay(entries, nowWallMs) {
      writes += 1
      const { firsts } = await replay.note(() => consumeReplay(entries, nowWallMs))
      return firsts
    },
    setting: (name) => read(() => settingOf(name)),
    readTables: (take) => read(() => readTables(take)),
    async writeTables(next) {
      writes += 1
      const outcome = await database.transaction(() => writeTables(next))
      if (outcome.ok) changed?.()
      return outcome
    },
    statistics: () => ({ reads, writes }),
    async close() {
      await database.close()
      if (replay !== database) await replay.close()
    },
  }
}

const recordColumns =
  'sequence, at_ms, actor, via, action, subject_kind, subject_id, detail, previous_hash, hash'

function* auditRecords(after: number, limit: number, clientId: string | undefined) {
  const found =
    clientId === undefined
      ? yield* rows<AuditRow>(
          `select ${recordColumns} from audit where sequence > ? order by sequence limit ?`,
          ...[after, limit],
        )
      : yield* rows<AuditRow>(
          `select ${recordColumns} from audit
           where sequence > ? and (
             (subject_kind in ('client', 'epoch') and subject_id = ?)
             or (subject_kind = 'token' and substr(detail, 1, ?) = ?))
           order by sequence limit ?`,
          ...[after, clientId, ...tokenDetailStart(clientId), limit],
        )
  return found.map(auditRecordFrom)
}

/** How the record of a revoked token begins that was the client's (`audit-detail.ts`), in characters and as text. */
function tokenDetailStart(clientId: string): readonly [length: number, text: string] {
  const text = `{"client_id":${JSON.stringify(clientId)},`
  return [[...text].length, text]
}

function* settingOf(name: string): SqlWork<string | undefined> {
  const [row] = yield* rows<{ readonly value: string }>(
    'select value from settings where name = ?',
    name,
  )
  return row?.value
}

/**
 * The newest use counts. A secret that is gone meanwhile has no usage to record. In one order for everybody, so that no
 * two nodes wait for each other.
 */
function* recordUsage(
  usage: readonly SecretUsage[],
  { nodeId, startedAtWallMs, reportedUntilWallMs, stopped }: NodeReport,
): SqlWork<{ readonly ok: true }> {
  for (const { secretId, hourWallMs, network } of usage.toSorted(bySecret)) {
    yield* run(
      `insert into secret_usage (secret_id, hour_ms, network)
       select id, ?, ? from secrets where id = ?
       on conflict (secret_id) do update set hour_ms = excluded.hour_ms, network = excluded.network
         where secret_usage.hour_ms <= excluded.hour_ms`,
      ...[hourWallMs, network, secretId],
    )
  }
  yield* run(
    `insert into nodes (id, started_at_ms, reported_until_ms, stopped) values (?, ?, ?, ?)
     on conflict (id) do update
       set reported_until_ms = excluded.reported_until_ms, stopped = excluded.stopped`,
    ...[nodeId, startedAtWallMs, reportedUntilWallMs, stopped ? 1 : 0],
  )
  yield* run('delete from nodes where reported_until_ms < ?', reportedUntilWallMs - nodeKeptMs)
  return { ok: true }
}

function bySecret(one: SecretUsage, other: SecretUsage): number {
  return one.secretId < other.secretId ? -1 : 1
}

interface UsageRow {
  readonly secret_id: string
  readonly hour_ms: number
  readonly network: string
}

interface NodeRow {
  readonly id: string
  readonly started_at_ms: number
  readonly reported_until_ms: number
  readonly stopped: number
}

function* usageOf(clientId: string) {
  const usage = yield* rows<UsageRow>(
    `select secret_id, hour_ms, network from secret_usage
     where secret_id in (select id from secrets where client_id = ?) order by secret_id`,
    clientId,
  )
  const nodes = yield* rows<NodeRow>(
    'select id, started_at_ms, reported_until_ms, stopped from nodes order by id',
  )
  return {
    usage: usage.map((row) => ({
      secretId: row.secret_id,
      hourWallMs: row.hour_ms,
      network: row.network,
    })),
    nodes: nodes.map((row) => ({
      nodeId: row.id,
      startedAtWallMs: row.started_at_ms,
      reportedUntilWallMs: row.reported_until_ms,
      stopped: row.stopped !== 0,
    })),
  }
}
