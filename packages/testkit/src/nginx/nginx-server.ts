/**
 * One real nginx on a free port of the loopback interface, in a folder of its own, as one process without privileges.
 * Needs Debian's `nginx`, or one of the same name on the search path.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../eventually.ts'
import { type GuardedProcess, startGuarded } from '../processes/guarded-process.ts'
import { inServerPlace, type ServerPlace } from '../processes/server-place.ts'
import { type Account, unprivilegedAccount } from '../processes/unprivileged-account.ts'

/** Configuration files by their path below the folder where `nginx.conf` is. */
export type NginxFiles = Readonly<Record<string, string>>

/** A running server. */
export interface NginxServer {
  readonly port: number
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** What it wrote to its error log, from level `info` on. */
  errors(): string
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>
}

const execute = promisify(execFile)

/**
 * Starts a server.
 *
 * @param filesFor - The configuration files for a port. Those in `conf.d/` are included into the `http` block of an
 *   `nginx.conf` that says only where things are; they are for to include the others.
 *
 * Rejects without nginx on the machine, with nginx's own words about a configuration that it does not take, and when
 * it does not run within 10 s.
 */
export async function startNginx(filesFor: (port: number) => NginxFiles): Promise<NginxServer> {
  const program = existsSync(DEBIAN_PROGRAM) ? DEBIAN_PROGRAM : 'nginx'
  const account = await unprivilegedAccount('www-data', 'nobody')
  return await inServerPlace(
    'nginx',
    account,
    ({ port, folder }) => ({ 'nginx.conf': mainFile(folder), ...filesFor(port) }),
    async (place) => serverOf(place, await run(program, place.folder, account)),
  )
}

const DEBIAN_PROGRAM = '/usr/sbin/nginx'

function serverOf({ port, folder }: ServerPlace, running: GuardedProcess): NginxServer {
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    errors: () => readFileSync(join(folder, 'error.log'), 'utf8'),
    async stop() {
      await running.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One process: killed, a master would leave its workers behind. */
function mainFile(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  include conf.d/*.conf;
}
`
}

async function run(
  program: string,
  folder: string,
  account: Account | undefined,
): Promise<GuardedProcess> {
  const parameters = [
    '-p',
    folder,
    '-e',
    join(folder, 'error.log'),
    '-c',
    join(folder, 'nginx.conf'),
  ]
  // Says what is wrong with a configuration, and whether the port can be had.
  await execute(program, [...parameters, '-t'], { cwd: folder, ...account })
  const running = await startGuarded(folder, program, parameters, { account })
  const pidFile = join(folder, 'nginx.pid')
  try {
    // Written once it listens.
    await eventually(() => assert.equal(readFileSync(pidFile, 'utf8').trim(), String(running.id)))
  } catch (error) {
    await running.end()
    throw error
  }
  return running
}
