/**
 * A free port and a folder with files for a server that is told by its configuration where it listens. Somebody else
 * may take the port before the server has it; then there is another place for another try.
 */
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'
import type { Account } from './unprivileged-account.ts'

/** Texts of files by their path below a folder. */
export type PlacedFiles = Readonly<Record<string, string>>

/** Where a server is. */
export interface ServerPlace {
  readonly port: number
  readonly folder: string
}

const PORTS_TRIED = 5

/**
 * Starts a server in a place of its own. The folder belongs to the account, so that the server can make files there;
 * those that are put there it can only read. It goes when the server does not start, and is left to `start` otherwise.
 *
 * Rejects as `start` does, but tries again when that is for an address in use.
 */
export async function inServerPlace<Server>(
  name: string,
  account: Account | undefined,
  filesFor: (place: ServerPlace) => PlacedFiles,
  start: (place: ServerPlace) => Promise<Server>,
): Promise<Server> {
  for (let tried = 1; ; tried += 1) {
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), `mintmark-${name}-`))
    try {
      writeFiles(folder, filesFor({ port, folder }))
      if (account !== undefined) chownSync(folder, account.uid, account.gid)
      return await start({ port, folder })
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      if (tried === PORTS_TRIED || !/address already in use/i.test(String(error))) throw error
    }
  }
}

function writeFiles(folder: string, files: PlacedFiles): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}
