/**
 * One real Caddy on a free port of the loopback interface, in a folder of its own, without privileges. Needs Debian's
 * `caddy`, or one of the same name on the search path.
 */
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { type GuardedProcess, startGuarded } from '../processes/guarded-process.ts'
import { inServerPlace, type ServerPlace } from '../processes/server-place.ts'
import { type Account, unprivilegedAccount } from '../processes/unprivileged-account.ts'

/** A running server. */
export interface CaddyServer {
  readonly port: number
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** What it logged, a JSON object a line, beginning with its start. */
  log(): string
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>
}

/**
 * Starts a server.
 *
 * @param fileFor - The Caddyfile for a port. It says that there is no administration endpoint and no automatic HTTPS:
 *   the one would be at a fixed port, the other would look for certificates elsewhere.
 *
 * Rejects without Caddy on the machine, with Caddy's own words about a configuration that it does not take, and when it
 * does not run within 10 s.
 */
export async function startCaddy(fileFor: (port: number) => string): Promise<CaddyServer> {
  const account = await unprivilegedAccount('caddy', 'www-data', 'nobody')
  return await inServerPlace(
    'caddy',
    account,
    ({ port }) => ({ Caddyfile: offline(fileFor(port)) }),
    async (place) => serverOf(place, await run(place.folder, account)),
  )
}

function offline(file: string): string {
  for (const line of [/^\s*admin off$/m, /^\s*auto_https off$/m]) {
    if (!line.test(file)) throw new Error(`the Caddyfile does not say ${line.source}`)
  }
  return file
}

function serverOf({ port, folder }: ServerPlace, running: GuardedProcess): CaddyServer {
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    log: () => logOf(folder),
    async stop() {
      await running.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The process is replaced by Caddy, which writes its log, and an error that ends it, beside its own folders. */
const START = `
export HOME="$1" XDG_DATA_HOME="$1/state" XDG_CONFIG_HOME="$1/settings"
exec caddy run --config "$1/Caddyfile" --adapter caddyfile > "$1/log" 2>&1
`

async function run(folder: string, account: Account | undefined): Promise<GuardedProcess> {
  const running = await startGuarded(folder, 'sh', ['-c', START, 'sh', folder], { account })
  try {
    // The one once it listens, the others when it does not start.
    await eventually(() => assert.match(logOf(folder), /serving initial|^Error:|not found/m))
    if (!logOf(folder).includes('serving initial')) throw new Error(lastLine(logOf(folder)))
  } catch (error) {
    await running.end()
    throw error
  }
  return running
}

function logOf(folder: string): string {
  return readFileSync(join(folder, 'log'), 'utf8')
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
