/** The folder that holds one authorization server: `mintmark.db`, `replay.db`, and `master.key` beside them. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { systemCodeOf } from '../../system-code.ts'
import { StorageError } from '../storage.ts'

const OWNER_ONLY_FOLDER = 0o700
const OWNER_ONLY_FILE = 0o600

/** The files of a folder. Whoever has the whole folder has the database and its key. */
export interface DataFolder {
  readonly database: string
  /** Used assertions: can be thrown away at the price of their being accepted once more. */
  readonly replay: string
  readonly masterKey: string
}

/** The paths in `folder`. */
export function dataFolder(folder: string): DataFolder {
  return {
    database: join(folder, 'mintmark.db'),
    replay: join(folder, 'replay.db'),
    masterKey: join(folder, 'master.key'),
  }
}

/**
 * Makes folder and database files when they are missing. What is made here belongs to its owner alone; SQLite gives
 * its own files beside the databases the same mode.
 */
export function prepareDataFolder(folder: string): DataFolder {
  const files = dataFolder(folder)
  try {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER })
    for (const path of [files.database, files.replay]) {
      closeSync(openSync(path, 'a', OWNER_ONLY_FILE))
    }
  } catch (error) {
    const code = systemCodeOf(error)
    const cause = code === undefined ? '' : ` (${code})`
    throw new StorageError(
      'storage_unavailable',
      folder,
      `${folder} cannot be created or written as a data folder${cause}; check its path and its owner`,
      code,
    )
  }
  return files
}
