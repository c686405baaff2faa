/**
 * The folder that holds one authorization server: `mintmark.db`, `replay.db`, and `master.key` beside them.
 *
 * The master key seals the signing keys and keys the digests of client secrets. It is a file of its own so that the
 * database can be copied, mailed and backed up without it; whoever has the whole folder has both.
 */
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { RandomSource } from '@mintmark/runtime'
import { StorageError } from '../storage.ts'

const MASTER_KEY_BYTES = 32
const OWNER_ONLY_FOLDER = 0o700
const OWNER_ONLY_FILE = 0o600

/** The database files of a folder. */
export interface DatabaseFiles {
  readonly database: string
  /** Used assertions: can be thrown away at the price of their being accepted once more. */
  readonly replay: string
}

/**
 * Makes folder and database files when they are missing and returns their paths. What is made here belongs to its
 * owner alone; SQLite gives its own files beside the databases the same mode.
 */
export function prepareDataFolder(folder: string): DatabaseFiles {
  const files = { database: join(folder, 'mintmark.db'), replay: join(folder, 'replay.db') }
  try {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER })
    for (const path of Object.values(files)) closeSync(openSync(path, 'a', OWNER_ONLY_FILE))
  } catch (error) {
    throw unavailable(folder, 'cannot be created or written as a data folder', error)
  }
  return files
}

/**
 * Reads the master key, creating it on first use. Two processes that start together agree on one: the key is written
 * in full under another name first, and only one of them can give it its real name.
 */
export function masterKeyOf(folder: string, random: RandomSource): Uint8Array {
  const path = join(folder, 'master.key')
  if (!existsSync(path)) {
    const draft = join(folder, `master.key.${process.pid}`)
    try {
      const text = `${Buffer.from(random.bytes(MASTER_KEY_BYTES)).toString('base64url')}\n`
      writeFileSync(draft, text, { mode: OWNER_ONLY_FILE, flush: true })
      linkSync(draft, path)
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw unavailable(path, 'cannot be written', error)
    } finally {
      rmSync(draft, { force: true })
    }
  }
  return readMasterKey(path)
}

function readMasterKey(path: string): Uint8Array {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw unavailable(path, 'cannot be read', error)
  }
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length === MASTER_KEY_BYTES) return key
  throw new StorageError(
    'storage_damaged',
    path,
    `${path} does not hold a 32-byte master key; restore it from a backup`,
  )
}

/** The system's error code (`EACCES`), if `error` has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function unavailable(path: string, what: string, error: unknown): StorageError {
  const code = systemCodeOf(error)
  const cause = code === undefined ? '' : ` (${code})`
  return new StorageError(
    'storage_unavailable',
    path,
    `${path} ${what}${cause}; check that the path exists and belongs to this account`,
    code,
  )
}
