/**
 * The one way to SQLite: what is opened, and how a piece of work becomes a transaction.
 *
 * Invariants
 *  (1) `synchronous = full` and WAL: when a transaction returns, it is on the disk. The exception is a database opened
 *      as not durable, which a crash of the machine may set back, and a crash of the process may not.
 *  (2) A transaction runs within one turn of the event loop: nothing else of this process can come in between, and no
 *      lock is held while other code runs.
 *  (3) Other processes may use the same file; a lock of theirs is waited for up to `BUSY_TIMEOUT_MS` instead of failing
 *      at once.
 *  (4) Values are bound, never written into a statement.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Clock, Scheduled } from '@mintmark/runtime'
import { registryPollIntervalMs } from '../../limits.ts'
import type { Decided, SqlDatabase, SqlOutcome, SqlStatement, SqlWork } from '../sql/sql-work.ts'

const BUSY_TIMEOUT_MS = 5_000

/** How a file is used. */
export interface SqliteOptions {
  readonly clock: Clock
  /** Default `true`. */
  readonly durable?: boolean
}

/** One open database. */
export class SqliteDatabase implements SqlDatabase {
  readonly #database: DatabaseSync
  readonly #clock: Clock
  /** Prepared statements by text: texts are constants of this program, so there are few. */
  readonly #statements = new Map<string, StatementSync>()
  #poll: Scheduled | undefined

  /**
   * Opens or creates the file at `path`, or a database in memory for `:memory:`. Throws what SQLite throws.
   */
  constructor(path: string, { clock, durable = true }: SqliteOptions) {
    this.#clock = clock
    this.#database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    try {
      const synchronous = durable ? 'full' : 'off'
      this.#database.exec(
        `pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma foreign_keys = on`,
      )
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  async transaction<Result extends Decided>(work: () => SqlWork<Result>): Promise<Result> {
    return this.#within('begin immediate', work, (result) => result.ok)
  }

  note<Result extends Decided>(work: () => SqlWork<Result>): Promise<Result> {
    return this.transaction(work)
  }

  async snapshot<Result>(work: () => SqlWork<Result>): Promise<Result> {
    return this.#within('begin', work, () => true)
  }

  watch(changed: () => void): void {
    let seen = this.#commitCounter()
    const poll = (): void => {
      this.#poll = this.#clock.schedule(registryPollIntervalMs, poll)
      const now = this.#commitCounter()
      if (now === seen) return
      seen = now
      changed()
    }
    this.#poll = this.#clock.schedule(registryPollIntervalMs, poll)
  }

  async close(): Promise<void> {
    this.#poll?.cancel()
    this.#database.close()
  }

  #within<Result>(
    begin: string,
    work: () => SqlWork<Result>,
    isKept: (result: Result) => boolean,
  ): Result {
    this.#database.exec(begin)
    try {
      const result = this.#run(work())
      this.#database.exec(isKept(result) ? 'commit' : 'rollback')
      return result
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  #run<Result>(work: SqlWork<Result>): Result {
    let step = work.next()
    while (step.done !== true) step = work.next(this.#execute(step.value))
    return step.value
  }

  #execute({ text, values, reads }: SqlStatement): SqlOutcome {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    if (reads) return { rows: statement.all(...values), changes: 0 }
    return { rows: [], changes: Number(statement.run(...values).changes) }
  }

  /**
   * `PRAGMA data_version`: changes when another connection has committed. What cannot be read counts as changed:
   * whoever then reads finds out why.
   */
  #commitCounter(): number | undefined {
    try {
      return Number(this.#database.prepare('pragma data_version').get()?.data_version)
    } catch {
      return undefined
    }
  }
}
