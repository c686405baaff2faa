/**
 * Hears on a connection of its own when another node has changed something.
 *
 * Invariants
 *  (1) Whoever watches is told after each notification, after each new connection (something may have changed before
 *      it), when the connection is lost, and every few seconds in any case.
 *  (2) A connection that does not answer is replaced, at growing intervals while that fails.
 */
import type { Clock, Scheduled } from '@mintmark/runtime'
import pg from 'pg'
import {
  postgresConnectMsMax,
  postgresPollIntervalMs,
  postgresReconnectMsMax,
  registryPollIntervalMs,
} from '../../limits.ts'
import type { PostgresAddress } from './postgres-address.ts'
import type { PostgresSockets } from './postgres-sockets.ts'

/** What writers notify. */
export const CHANNEL = 'mintmark_changes'

/** One watcher. */
export class PostgresWatcher {
  readonly #url: string
  readonly #sockets: PostgresSockets
  readonly #clock: Clock
  readonly #changed: () => void
  #connection: pg.Client | undefined
  #timer: Scheduled | undefined
  #failures = 0
  #isStopped = false

  constructor(
    { url }: PostgresAddress,
    sockets: PostgresSockets,
    clock: Clock,
    changed: () => void,
  ) {
    this.#url = url
    this.#sockets = sockets
    this.#clock = clock
    this.#changed = changed
  }

  /** Connects, and goes on doing so. */
  start(): void {
    const connection = createConnection(this.#url, this.#sockets)
    this.#connection = connection
    connection?.on('notification', this.#changed)
    connection?.on('error', () => this.#lose(connection))
    connection?.on('end', () => this.#lose(connection))
    this.#listen(connection).catch(() => this.#lose(connection))
  }

  /** Stops hearing, and ends the connection. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await endQuietly(this.#connection)
  }

  async #listen(connection: pg.Client | undefined): Promise<void> {
    if (connection === undefined) return this.#lose(connection)
    await connection.connect()
    await this.#ask(connection, `listen ${CHANNEL}`)
  }

  /** Asks something whose answer shows that the connection is alive; then tells, and asks again some time later. */
  async #ask(connection: pg.Client, question: string): Promise<void> {
    await connection.query(question)
    if (this.#isStopped || connection !== this.#connection) return
    this.#failures = 0
    this.#changed()
    this.#timer = this.#clock.schedule(postgresPollIntervalMs, () => {
      this.#ask(connection, 'select 1').catch(() => this.#lose(connection))
    })
  }

  #lose(connection: pg.Client | undefined): void {
    if (this.#isStopped || connection !== this.#connection) return
    this.#connection = undefined
    this.#timer?.cancel()
    void endQuietly(connection)
    const delayMs = Math.min(registryPollIntervalMs * 2 ** this.#failures, postgresReconnectMsMax)
    this.#failures += 1
    this.#timer = this.#clock.schedule(delayMs, () => this.start())
    this.#changed()
  }
}

/** `undefined` when a file that the URL names, such as a certificate, cannot be read. */
function createConnection(url: string, sockets: PostgresSockets): pg.Client | undefined {
  try {
    return new pg.Client({
      connectionString: url,
      stream: sockets.make,
      connectionTimeoutMillis: postgresConnectMsMax,
      query_timeout: postgresConnectMsMax,
      keepAlive: true,
      fallback_application_name: 'mintmark watcher',
    })
  } catch {
    return undefined
  }
}

/** Whether it can say good-bye does not matter. */
async function endQuietly(connection: pg.Client | undefined): Promise<void> {
  await connection?.end().catch(() => undefined)
}
