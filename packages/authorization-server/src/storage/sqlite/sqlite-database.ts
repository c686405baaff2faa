/**
 * Node's own SQLite with the settings that durability and several processes need.
 *
 * Invariants
 *  (1) `synchronous = full` in WAL mode: a commit has reached the disk when it returns.
 *  (2) A transaction runs within one turn of the event loop. `node:sqlite` waits for locks by blocking, so a
 *      transaction that let other code run could be waited for by its own process, for ever.
 *  (3) A writer waits up to five seconds for another process's write instead of failing at once.
 *  (4) Values are bound, never written into a statement.
 */
import { DatabaseSync } from 'node:sqlite'

const BUSY_TIMEOUT_MS = 5_000

/** What a statement can be given. */
export type SqlValue = null | number | string | Uint8Array

/** One open database. */
export class SqliteDatabase {
  readonly #database: DatabaseSync

  /** Opens or creates the file at `path`, or a database in memory for `:memory:`. Throws what SQLite throws. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    this.#database.exec(
      'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on',
    )
  }

  /** The rows of a query. That they are of type `Row` is the caller's promise. */
  rows<Row>(statement: string): readonly Row[] {
    return this.#database.prepare(statement).all() as Row[]
  }

  /** Runs one statement that changes something, with a value for each `?`. */
  run(statement: string, ...values: readonly SqlValue[]): void {
    this.#database.prepare(statement).run(...values)
  }

  /** Runs `work` as one transaction that nobody else writes beside; undone when it throws. */
  transaction<Result>(work: () => Result): Result {
    return this.#within('begin immediate', work)
  }

  /** Runs `work`, which only reads, on one state of the database, without holding up anybody who writes. */
  snapshot<Result>(work: () => Result): Result {
    return this.#within('begin', work)
  }

  #within<Result>(begin: string, work: () => Result): Result {
    this.#database.exec(begin)
    try {
      const result = work()
      this.#database.exec('commit')
      return result
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  /** `PRAGMA data_version`: changes when another connection has committed. */
  dataVersion(): number {
    return this.#pragma('data_version')
  }

  /** Runs the steps that the file has not seen. */
  migrate(steps: readonly string[]): void {
    this.transaction(() => {
      const seen = this.#pragma('user_version')
      for (const step of steps.slice(seen)) this.#database.exec(step)
      this.#database.exec(`pragma user_version = ${Math.max(seen, steps.length)}`)
    })
  }

  #pragma(name: 'data_version' | 'user_version'): number {
    return Number(this.#database.prepare(`pragma ${name}`).get()?.[name])
  }

  close(): void {
    this.#database.close()
  }
}
