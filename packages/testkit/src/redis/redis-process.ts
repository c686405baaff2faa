/**
 * One real `redis-server` on a free port of the loopback interface, in a folder of its own: no access control, and no
 * persistence unless asked for.
 */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../eventually.ts'
import { freePort } from '../processes/free-port.ts'
import { type GuardedProcess, startGuarded } from '../processes/guarded-process.ts'

/** How a server is started. */
export interface RedisProcessOptions {
  /** Lines of a `redis.conf`, beside address and folder. Default: none. */
  readonly configuration?: readonly string[]
  /** Default `false`. */
  readonly isSentinel?: boolean
  /** Whether what was saved is loaded at a restart. Default `false`: a restarted server is empty. */
  readonly isPersistent?: boolean
}

/** A running server, and what a test may do to it. */
export interface RedisProcess {
  readonly port: number
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  /** Where the server saves its `dump.rdb`. */
  readonly folder: string
  /** Runs one command with `redis-cli`, and gives what that prints. */
  command(...words: readonly string[]): Promise<string>
  /** Collects what the server executes from now on, as `MONITOR` tells it. */
  monitor(): Promise<RedisMonitor>
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Keeps it from doing anything (SIGSTOP); its connections stay open. */
  pause(): void
  /** Lets it go on (SIGCONT). */
  resume(): void
  /** Starts it again on the same port, killing it first if it runs. */
  restart(): Promise<void>
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>
}

/** What a server executed since the monitor was made. */
export interface RedisMonitor {
  text(): string
  stop(): void
}

const PORTS_TRIED = 5

const execute = promisify(execFile)

/** Starts a server. Rejects without a `redis-server` on the machine, and when none answers within 10 s. */
export async function startRedisProcess(options: RedisProcessOptions = {}): Promise<RedisProcess> {
  await execute('redis-server', ['--version'])
  for (let tried = 1; ; tried += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'mintmark-redis-'))
    const server = new Server(await freePort(), folder, options)
    try {
      await server.restart()
      return server
    } catch (error) {
      await server.stop()
      // Somebody else may have taken the port in the meantime.
      if (tried === PORTS_TRIED) throw error
    }
  }
}

class Server implements RedisProcess {
  readonly port: number
  readonly url: string
  readonly folder: string
  readonly #options: RedisProcessOptions
  #process: GuardedProcess | undefined

  constructor(port: number, folder: string, options: RedisProcessOptions) {
    this.port = port
    this.url = `redis://127.0.0.1:${port}`
    this.folder = folder
    this.#options = options
    const { configuration = [] } = options
    const place = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, `logfile ${folder}/log`]
    writeFileSync(this.#configuration, [...place, ...configuration, ''].join('\n'))
  }

  async command(...words: readonly string[]): Promise<string> {
    const { stdout } = await execute('redis-cli', ['-p', String(this.port), ...words])
    return stdout.trim()
  }

  async monitor(): Promise<RedisMonitor> {
    const monitor = spawn('redis-cli', ['-p', String(this.port), 'monitor'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let text = ''
    monitor.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    await eventually(() => assert(text.startsWith('OK')))
    return { text: () => text, stop: () => void monitor.kill('SIGKILL') }
  }

  async kill(): Promise<void> {
    this.#process?.signal('SIGKILL')
    await eventually(async () => assert(!(await this.#answers())))
  }

  pause(): void {
    this.#process?.signal('SIGSTOP')
  }

  resume(): void {
    this.#process?.signal('SIGCONT')
  }

  async restart(): Promise<void> {
    const before = this.#process
    if (before !== undefined) await this.kill()
    const { isSentinel, isPersistent } = this.#options
    if (isPersistent !== true) rmSync(join(this.folder, 'dump.rdb'), { force: true })
    const mode = isSentinel === true ? ['--sentinel'] : ['--save', '']
    const parameters = [this.#configuration, ...mode]
    this.#process = await startGuarded(this.folder, 'redis-server', parameters)
    // Not earlier: somebody guards the folder all the time.
    await before?.end()
    await eventually(async () => assert(await this.#answers()))
  }

  async stop(): Promise<void> {
    await this.#process?.end()
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #configuration(): string {
    return join(this.folder, 'redis.conf')
  }

  /** Whether it is this server, and not another one on the same port. */
  async #answers(): Promise<boolean> {
    try {
      const description = await this.command('info', 'server')
      return description.split(/\s+/).includes(`process_id:${this.#process?.id}`)
    } catch {
      return false
    }
  }
}
