/**
 * One real PostgreSQL server on a free port of the loopback interface, in a folder of its own. Everybody on this
 * machine may connect to it as `postgres` without a password. Needs `initdb`, `postgres`, `psql` and `ps`.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../eventually.ts'
import { freePort } from '../processes/free-port.ts'
import { type GuardedProcess, startGuarded } from '../processes/guarded-process.ts'
import { isAnyRunning, signalFamily } from '../processes/process-family.ts'
import { type Account, unprivilegedAccount } from '../processes/unprivileged-account.ts'
import { type PostgresPrograms, postgresPrograms } from './postgres-programs.ts'

/** How a server is started. */
export interface PostgresServerOptions {
  /** Whether a commit waits for the disk. Default `false`: `kill` loses nothing, only a crash of the machine would. */
  readonly isSynced?: boolean
  /** Settings of a `postgresql.conf`, such as `{ max_connections: '5' }`. Default: none. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A running server, and what a test may do to it. */
export interface PostgresServer {
  readonly port: number
  /** `postgres://postgres@127.0.0.1:PORT/postgres` */
  readonly url: string
  /** The folder of its own. */
  readonly folder: string
  /** Makes an empty database, and gives its URL. The name: small letters, digits and `_`. */
  createDatabase(name: string): Promise<string>
  /** Runs SQL with `psql` in the database `postgres` or that of a URL, and gives what that prints, unaligned. */
  command(sql: string, url?: string): Promise<string>
  /** Ends it with all its connections, as a crash does. What was committed is there after a restart. */
  kill(): Promise<void>
  /** Keeps it and all its connections from doing anything (SIGSTOP); they stay open. */
  pause(): void
  /** Lets it go on (SIGCONT). */
  resume(): void
  /** Starts it again on the same port with what was committed, killing it first if it runs. */
  restart(): Promise<void>
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>
}

const PORTS_TRIED = 5

const execute = promisify(execFile)

/**
 * Starts a server in about a second; as root, under the account `postgres` or `nobody`.
 *
 * Rejects without PostgreSQL on the machine, and when no server answers within 10 s.
 */
export async function startPostgresServer(
  options: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const programs = await postgresPrograms()
  const account = await unprivilegedAccount('postgres', 'nobody')
  for (let tried = 1; ; tried += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'mintmark-postgres-'))
    const server = new Server(await freePort(), folder, { programs, account, options })
    try {
      await server.prepare()
      await server.restart()
      return server
    } catch (error) {
      await server.stop()
      // Somebody else may have taken the port in the meantime.
      if (tried === PORTS_TRIED) throw error
    }
  }
}

interface ServerParts {
  readonly programs: PostgresPrograms
  readonly account: Account | undefined
  readonly options: PostgresServerOptions
}

class Server implements PostgresServer {
  readonly port: number
  readonly url: string
  readonly folder: string
  readonly #parts: ServerParts
  #process: GuardedProcess | undefined

  constructor(port: number, folder: string, parts: ServerParts) {
    this.port = port
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`
    this.folder = folder
    this.#parts = parts
  }

  /** Makes the files of an empty server. */
  async prepare(): Promise<void> {
    const { account, programs } = this.#parts
    if (account !== undefined) chownSync(this.folder, account.uid, account.gid)
    const parameters = ['-D', this.#files, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8']
    const locale = ['--locale', 'C', '--no-sync', '--no-instructions']
    await execute(programs.initdb, [...parameters, ...locale], { cwd: this.folder, ...account })
  }

  async createDatabase(name: string): Promise<string> {
    assert.match(name, /^[a-z][a-z0-9_]{0,62}$/)
    await this.command(`create database ${name}`)
    return this.url.replace(/postgres$/, name)
  }

  async command(sql: string, url = this.url): Promise<string> {
    const parameters = ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, url]
    const { stdout } = await execute(this.#parts.programs.psql, parameters)
    return stdout.trim()
  }

  async kill(): Promise<void> {
    const family = signalFamily(this.#running.id, 'SIGKILL')
    await eventually(() => assert(!isAnyRunning(family)))
  }

  pause(): void {
    signalFamily(this.#running.id, 'SIGSTOP')
  }

  resume(): void {
    signalFamily(this.#running.id, 'SIGCONT')
  }

  async restart(): Promise<void> {
    const before = this.#process
    if (before !== undefined) await this.kill()
    // It names the process that was killed, whose number is taken until its guard ends.
    rmSync(join(this.#files, 'postmaster.pid'), { force: true })
    this.#process = await startGuarded(
      this.folder,
      this.#parts.programs.postgres,
      ['-D', this.#files, ...this.#settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      // Killed, it would leave a segment of shared memory behind.
      { endSignal: 'QUIT', account: this.#parts.account },
    )
    // Not earlier: somebody guards the folder all the time.
    await before?.end()
    await eventually(async () => assert(await this.#answers()))
  }

  async stop(): Promise<void> {
    // Whoever is asked to quit has to be awake.
    if (this.#process !== undefined) this.resume()
    await this.#process?.end()
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #running(): GuardedProcess {
    assert(this.#process !== undefined)
    return this.#process
  }

  get #files(): string {
    return join(this.folder, 'files')
  }

  get #settings(): readonly (readonly [name: string, value: string])[] {
    const { isSynced = false, settings = {} } = this.#parts.options
    // A commit is with the system before it is acknowledged all the same (`synchronous_commit`).
    const speed = isSynced ? {} : { fsync: 'off', full_page_writes: 'off' }
    return Object.entries({
      listen_addresses: '127.0.0.1',
      port: String(this.port),
      unix_socket_directories: '',
      dynamic_shared_memory_type: 'mmap',
      ...speed,
      ...settings,
    })
  }

  /** Whether it is this server, and not another one on the same port. */
  async #answers(): Promise<boolean> {
    try {
      return (await this.command('show data_directory')) === this.#files
    } catch {
      return false
    }
  }
}
