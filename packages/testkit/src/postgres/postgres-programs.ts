/** Where the programs of PostgreSQL are: in the search path, or where Debian keeps one folder for each version. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The programs that a server needs, as commands. */
export interface PostgresPrograms {
  readonly initdb: string
  readonly postgres: string
  readonly psql: string
}

const DEBIAN_FOLDER = '/usr/lib/postgresql'

/** Finds them; of several versions, those in the search path or else the newest. Rejects when there are none. */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  for (const folder of ['', ...debianFolders()]) {
    const programs = {
      initdb: join(folder, 'initdb'),
      postgres: join(folder, 'postgres'),
      psql: join(folder, 'psql'),
    }
    if (await areThere(Object.values(programs))) return programs
  }
  throw new Error(`no PostgreSQL server, neither in the search path nor in ${DEBIAN_FOLDER}`)
}

function debianFolders(): readonly string[] {
  try {
    const versions = readdirSync(DEBIAN_FOLDER).toSorted((one, other) => +other - +one)
    return versions.map((version) => join(DEBIAN_FOLDER, version, 'bin'))
  } catch {
    return []
  }
}

async function areThere(commands: readonly string[]): Promise<boolean> {
  const runs = commands.map((command) => promisify(execFile)(command, ['--version']))
  return (await Promise.allSettled(runs)).every(({ status }) => status === 'fulfilled')
}
