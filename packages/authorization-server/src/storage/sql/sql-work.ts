/**
 * Database work written once for every SQL database: a generator that yields statements and is given their outcomes.
 *
 * Who runs it decides how it waits. SQLite runs a whole piece of work within one turn of the event loop, because its
 * locks block the thread (decision 0003); PostgreSQL awaits each statement. Statements are written in what both
 * understand, with `?` for every value.
 */

import { invariant } from '@mintmark/runtime'

/** What a statement can be given, and what a column can hold. */
export type SqlValue = null | number | string | Uint8Array

/** One statement with a value for each `?`. */
export interface SqlStatement {
  readonly text: string
  readonly values: readonly SqlValue[]
  /** Whether its rows are wanted; otherwise how many rows it changed. */
  readonly reads: boolean
}

/** What came of one statement. */
export interface SqlOutcome {
  readonly rows: readonly unknown[]
  readonly changes: number
}

/** Work that yields statements. */
export type SqlWork<Result> = Generator<SqlStatement, Result, SqlOutcome>

const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * Whether every database can keep `value` as it is: PostgreSQL has no NUL in a text, and half of a surrogate pair is
 * not in UTF-8.
 */
export function isStorable(value: SqlValue): boolean {
  return typeof value !== 'string' || !(value.includes('\0') || LONE_SURROGATE.test(value))
}

/**
 * The rows of a query. That they are of type `Row` is the caller's promise. There are none for a value that cannot be
 * stored.
 */
export function* rows<Row>(text: string, ...values: readonly SqlValue[]): SqlWork<readonly Row[]> {
  if (!values.every(isStorable)) return []
  const { rows: found } = yield { text, values, reads: true }
  return found as readonly Row[]
}

/** Runs a statement that changes something, and tells how many rows it changed. */
export function* run(text: string, ...values: readonly SqlValue[]): SqlWork<number> {
  invariant(values.every(isStorable), 'what is stored was checked to be text')
  const { changes } = yield { text, values, reads: false }
  return changes
}

/** Whether work that changes something is to be kept. */
export interface Decided {
  readonly ok: boolean
}

/** An open SQL database. */
export interface SqlDatabase {
  /**
   * Runs `work` as one transaction that nobody else writes beside, durable when the promise resolves. Undone when
   * what it returns is not `ok`, and when it throws.
   */
  transaction<Result extends Decided>(work: () => SqlWork<Result>): Promise<Result>
  /**
   * Runs `work` as one transaction for what nobody keeps in memory: others may write beside it, nobody is told, and a
   * crash of the database may take back the last second.
   */
  note<Result extends Decided>(work: () => SqlWork<Result>): Promise<Result>
  /** Runs `work`, which only reads, on one state of the database. */
  snapshot<Result>(work: () => SqlWork<Result>): Promise<Result>
  /** Calls `changed` within a second after another connection has changed something. */
  watch(changed: () => void): void
  close(): Promise<void>
}
