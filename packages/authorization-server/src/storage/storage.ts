/**
 * What the authorization server needs of a database. One implementation per database; all pass one contract suite.
 *
 * Invariants
 *  (1) A change is acknowledged only after it is durable: once the promise resolves, a crash does not lose it.
 *  (2) A change and its audit record are committed together or not at all; all changes are in one order, that of the
 *      audit records' sequence numbers, and become visible in that order.
 *  (3) Nothing here is asked for while a token is issued; everything the hot path needs is in memory.
 *  (4) Client secrets arrive as digests or sealed, private keys sealed: a copy of the database contains neither.
 */
import type { ReplayEntry } from '@mintmark/limits'
import type { AuditOrigin, AuditRecord } from '../audit/audit-record.ts'
import type { Resource } from '../registry/resource.ts'
import type {
  ClientRecord,
  NodeReport,
  RevocationEpoch,
  RevocationRecord,
  SecretUsage,
  SigningKeyRecord,
} from './records.ts'
import type { ChangeSubject, StoredChange } from './stored-change.ts'

/** Everything that is kept in memory, read in one consistent snapshot. */
export interface StoredState {
  /** Of the newest change that it contains; 0 when there was none. */
  readonly sequence: number
  readonly resources: readonly Resource[]
  readonly clients: readonly ClientRecord[]
  readonly signingKeys: readonly SigningKeyRecord[]
  readonly revocations: readonly RevocationRecord[]
  readonly epochs: readonly RevocationEpoch[]
}

/** What is different since an earlier state. Resources, keys and epochs are few and come whole when one changed. */
export interface StateDifference {
  readonly sequence: number
  readonly resources: readonly Resource[] | undefined
  readonly signingKeys: readonly SigningKeyRecord[] | undefined
  readonly epochs: readonly RevocationEpoch[] | undefined
  /** Those that were created or changed. */
  readonly clients: readonly ClientRecord[]
  readonly deletedClients: readonly string[]
  readonly revocations: readonly RevocationRecord[]
}

/** Which clients are read: none, all, some by name, a page in order of their ids, or those that name a resource. */
export type ClientChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  /** At most `clientPageSizeMax` of them. */
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | {
      readonly kind: 'page'
      /** The first id is greater than this one; `undefined`: from the start. */
      readonly after: string | undefined
      readonly limit: number
      /** Only those with this text in their id or in their settings, in whatever case. */
      readonly search: string | undefined
    }
  | { readonly kind: 'naming'; readonly resource: string }

/** The registry as far as somebody wants to read it, in one consistent snapshot. */
export type RegistryPart = Pick<StoredState, 'sequence' | 'resources' | 'signingKeys' | 'clients'>

/**
 * What changes were decided upon: they are made only if nobody has changed any of these after `sequence`. A subject
 * without an id stands for all of its kind.
 */
export interface DecisionBasis {
  readonly sequence: number
  readonly subjects: readonly Partial<ChangeSubject>[]
}

/**
 * What became of changes: made, or not made because an identifier is taken, because what they are about is not there,
 * or because what they were decided upon has changed meanwhile. `at` counts the changes of one call from 0.
 */
export type ChangeOutcome =
  | { readonly ok: true; readonly sequence: number }
  | {
      readonly ok: false
      readonly violation: 'exists' | 'missing' | 'outdated'
      readonly at: number
    }

/** Some rows of a table, each with a value for each of the columns. */
export interface TableRows {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (null | number | string | Uint8Array)[])[]
}

/** Whether rows were written. */
export type CopyOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly violation: 'not_empty' }

/** How much the database was asked since it was opened. */
export interface StorageStatistics {
  readonly reads: number
  readonly writes: number
}

/** An open database. */
export interface StorageSession {
  /** The 32-byte master key that belongs to this database. */
  readonly masterKey: Uint8Array
  load(): Promise<StoredState>
  /** Resources, signing keys and the chosen clients: for whoever administers, without reading everything. */
  readRegistry(clients: ClientChoice): Promise<RegistryPart>
  /** What changed after `sequence`; `undefined` when so much did that `load` is cheaper. */
  changesSince(sequence: number): Promise<StateDifference | undefined>
  /**
   * Calls `changed` within a second after somebody, this session included, has changed something. May call it
   * without need. One watcher per session.
   */
  watch(changed: () => void): void
  /**
   * Makes all of `changes` in one transaction, each with its audit record, or none of them; none of them either when
   * `basis` no longer holds.
   */
  apply(
    changes: readonly StoredChange[],
    origin: AuditOrigin,
    basis?: DecisionBasis,
  ): Promise<ChangeOutcome>
  /**
   * Audit records after a sequence number, oldest first, at most `limit` of them (1 to 1,000); with `clientId` only
   * those about that client, its secrets and its tokens.
   */
  auditRecords(after: number, limit: number, clientId?: string): Promise<readonly AuditRecord[]>
  /** Adds to what is known about the use of secrets, and replaces the node's report. Not audited. */
  recordUsage(usage: readonly SecretUsage[], report: NodeReport): Promise<void>
  /** The last use of each secret of a client, and what the nodes reported. */
  usageOf(
    clientId: string,
  ): Promise<{ readonly usage: readonly SecretUsage[]; readonly nodes: readonly NodeReport[] }>
  /** For each entry, in order, whether it was seen for the first time. Atomic across nodes. */
  consumeReplay(entries: readonly ReplayEntry[], nowWallMs: number): Promise<readonly boolean[]>
  /** A setting, such as the text of the latest audit checkpoint; `undefined` when it was never set. */
  setting(name: string): Promise<string | undefined>
  /** Gives every row of every table to `take`, in one consistent snapshot, so that others go on meanwhile. */
  readTables(take: (page: TableRows) => void): Promise<void>
  /** Writes what `next` gives until there is no more, as one transaction, into a database that has to be empty. */
  writeTables(next: () => TableRows | undefined): Promise<CopyOutcome>
  statistics(): StorageStatistics
  close(): Promise<void>
}

/** A place where a database is or will be. */
export interface Storage {
  /** Creates and migrates what is missing. Rejects with {@link StorageError}. */
  open(): Promise<StorageSession>
  /**
   * The master key without the database, for what a node keeps of its own while the database is away; `undefined`
   * when there is none yet. Rejects with {@link StorageError} when it cannot be read.
   */
  masterKey(): Promise<Uint8Array | undefined>
}

/** Why: it cannot be reached or used, is damaged, or belongs to a master key that is not there or is another one. */
export type StorageErrorCode =
  | 'storage_unavailable'
  | 'storage_damaged'
  | 'master_key_missing'
  | 'master_key_wrong'

/** The database cannot be used at all. `location` is the operator's own path or URL without credentials. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  readonly location: string
  /** The code of the operating system (`EACCES`) or of the database (`28P01`), where there is one. */
  readonly systemCode: string | undefined

  constructor(code: StorageErrorCode, location: string, explanation: string, systemCode?: string) {
    super(explanation)
    this.code = code
    this.location = location
    this.systemCode = systemCode
  }
}
