/**
 * The one way to PostgreSQL: a few connections, and how a piece of work becomes a transaction.
 *
 * Invariants
 *  (1) Transactions that change something run one at a time, on whatever node: each holds the same advisory lock until
 *      it has been committed and is visible. So audit records are numbered in the order of their commits.
 *  (2) `synchronous_commit = on` for these, whatever the server's default: acknowledged is durable.
 *  (3) A snapshot is one `repeatable read` transaction.
 *  (4) Nothing waits for ever: connecting, locks and statements have limits on the server, and answers one of our own,
 *      for a server that has stopped answering. After any failure the connection is thrown away.
 *  (5) A commit whose answer did not come is reported as a failure; it may have happened all the same.
 *  (6) All settings are made within the transaction: connections may come from a pooler that shares them.
 */
import type { Clock } from '@mintmark/runtime'
import pg from 'pg'
import {
  postgresCloseMsMax,
  postgresConnectMsMax,
  postgresIdleMs,
  postgresLockMsMax,
  postgresRetriesMax,
  postgresWriterWaitMsMax,
} from '../../limits.ts'
import type { Decided, SqlDatabase, SqlWork } from '../sql/sql-work.ts'
import { StorageError } from '../storage.ts'
import type { PostgresAddress } from './postgres-address.ts'
import { isInTheWay, postgresFailure } from './postgres-failure.ts'
import { PostgresSockets } from './postgres-sockets.ts'
import { queryOf } from './postgres-statement.ts'
import { CHANNEL, PostgresWatcher } from './postgres-watcher.ts'

/** How a database is used. */
export interface PostgresOptions {
  readonly clock: Clock
  readonly connectionsMax: number
  /** How long a statement may take on the server. */
  readonly statementMsMax: number
}

/** The lock that writers take turns with: any number that nobody else in the database uses. */
const WRITERS_LOCK = 7_303_014_205

/** A node that stops in the middle of a transaction loses it after this time, so that the others can go on. */
const IDLE_IN_TRANSACTION_MS = 5_000

/** How a kind of transaction begins and ends; each is one round trip. */
interface Frame {
  readonly begin: string
  readonly commit: string
}

/** One open database. */
export class PostgresDatabase implements SqlDatabase {
  readonly #address: PostgresAddress
  readonly #clock: Clock
  readonly #sockets = new PostgresSockets()
  readonly #pool: pg.Pool
  readonly #frames: Readonly<Record<'change' | 'note' | 'snapshot', Frame>>
  #lastWriter: Promise<unknown> = Promise.resolve()
  #watcher: PostgresWatcher | undefined

  /** Connects when first asked for something. */
  constructor(address: PostgresAddress, options: PostgresOptions) {
    this.#address = address
    this.#clock = options.clock
    this.#frames = framesFor(options.statementMsMax)
    this.#pool = createPool(address, options, this.#sockets)
    // A connection that breaks tells whoever uses it by its answer; one that nobody uses is replaced when needed.
    this.#pool.on('error', () => undefined)
    this.#pool.on('connect', (connection) => connection.on('error', () => undefined))
  }

  transaction<Result extends Decided>(work: () => SqlWork<Result>): Promise<Result> {
    const { change } = this.#frames
    return this.#inTurn(() => this.#within(change, work, (result) => result.ok))
  }

  note<Result extends Decided>(work: () => SqlWork<Result>): Promise<Result> {
    return this.#within(this.#frames.note, work, (result) => result.ok)
  }

  snapshot<Result>(work: () => SqlWork<Result>): Promise<Result> {
    return this.#within(this.#frames.snapshot, work, () => true)
  }

  watch(changed: () => void): void {
    this.#watcher = new PostgresWatcher(this.#address, this.#sockets, this.#clock, changed)
    this.#watcher.start()
  }

  async close(): Promise<void> {
    const cut = this.#clock.schedule(postgresCloseMsMax, () => this.#sockets.destroy(), {
      keepsProcessAlive: true,
    })
    await Promise.all([this.#watcher?.stop(), this.#pool.end()])
    cut.cancel()
  }

  /** Lets the writers of this process wait here and not on connections, which readers need. */
  #inTurn<Result>(write: () => Promise<Result>): Promise<Result> {
    const askedAtMonotonicMs = this.#clock.monotonicMs()
    const turn = this.#lastWriter.then(() => {
      const waitedMs = this.#clock.monotonicMs() - askedAtMonotonicMs
      if (waitedMs > postgresWriterWaitMsMax) throw this.#busy()
      return write()
    })
    this.#lastWriter = turn.catch(() => undefined)
    return turn
  }

  async #within<Result>(
    frame: Frame,
    work: () => SqlWork<Result>,
    isKept: (result: Result) => boolean,
  ): Promise<Result> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.#attempt(frame, work(), isKept)
      } catch (error) {
        if (tried === postgresRetriesMax || !isInTheWay(error)) throw error
      }
    }
  }

  async #attempt<Result>(
    { begin, commit }: Frame,
    work: SqlWork<Result>,
    isKept: (result: Result) => boolean,
  ): Promise<Result> {
    const connection = await this.#asked(() => this.#pool.connect())
    const ask = (query: string | pg.QueryConfig) => this.#asked(() => connection.query(query))
    try {
      await ask(begin)
      let step = work.next()
      while (step.done !== true) {
        const { rows, rowCount } = await ask(queryOf(step.value))
        step = work.next({ rows, changes: rowCount ?? 0 })
      }
      await ask(isKept(step.value) ? commit : 'rollback')
      connection.release()
      return step.value
    } catch (error) {
      connection.release(true)
      throw error
    }
  }

  /** Failures of the world become errors of ours; what the work throws by itself is our own mistake and stays. */
  async #asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (error) {
      throw postgresFailure(error, this.#address.location)
    }
  }

  #busy(): StorageError {
    const { location } = this.#address
    const text = `${location} is busy: too many changes wait for their turn`
    return new StorageError('storage_unavailable', location, text)
  }
}

function framesFor(statementMsMax: number) {
  // Less than the statement that waits may take, so that the answer says what it was.
  const lockMsMax = Math.min(Math.ceil(statementMsMax / 2), postgresLockMsMax)
  const limits =
    `set local statement_timeout = ${statementMsMax}; set local lock_timeout = ${lockMsMax}; ` +
    `set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`
  const writing = `begin isolation level read committed; ${limits}`
  return {
    change: {
      begin:
        `${writing}; set local synchronous_commit = on; ` +
        `select pg_advisory_xact_lock(${WRITERS_LOCK})`,
      commit: `notify ${CHANNEL}; commit`,
    },
    note: { begin: `${writing}; set local synchronous_commit = off`, commit: 'commit' },
    snapshot: {
      begin: `begin isolation level repeatable read read only; ${limits}`,
      commit: 'commit',
    },
  }
}

function createPool(
  { url }: PostgresAddress,
  { connectionsMax, statementMsMax }: PostgresOptions,
  sockets: PostgresSockets,
): pg.Pool {
  return new pg.Pool({
    connectionString: url,
    stream: sockets.make,
    max: connectionsMax,
    connectionTimeoutMillis: postgresConnectMsMax,
    idleTimeoutMillis: postgresIdleMs,
    // The server's own limit comes first, as long as the server is there.
    query_timeout: 2 * statementMsMax,
    keepAlive: true,
    allowExitOnIdle: true,
    fallback_application_name: 'mintmark',
  })
}
