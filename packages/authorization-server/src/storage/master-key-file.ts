/**
 * The file with the master key, which seals the signing keys and keys the digests of client secrets. It is a file of
 * its own so that the database can be copied, mailed and backed up without it.
 *
 * Invariants
 *  (1) A key that is there is never overwritten: it is written in full under another name, and only one of several
 *      processes can give it its real name.
 *  (2) The file belongs to its owner alone.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RandomSource } from '@mintmark/runtime'
import { systemCodeOf } from '../system-code.ts'
import { StorageError } from './storage.ts'

const MASTER_KEY_BYTES = 32
const OWNER_ONLY_FILE = 0o600
const OWNER_ONLY_FOLDER = 0o700

/**
 * Reads the key; `undefined` when there is no file.
 *
 * @throws StorageError when it cannot be read, or does not hold 32 octets in base64url.
 */
export function readMasterKey(path: string): Uint8Array | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
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

/** Makes a key, its file and the folder for it; `undefined` when somebody else has made the file meanwhile. */
export function createMasterKey(
  path: string,
  random: RandomSource,
): { readonly key: Uint8Array } | undefined {
  const key = random.bytes(MASTER_KEY_BYTES)
  const draft = `${path}.${process.pid}.${Buffer.from(random.bytes(6)).toString('hex')}`
  try {
    const text = `${Buffer.from(key).toString('base64url')}\n`
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER })
    writeFileSync(draft, text, { mode: OWNER_ONLY_FILE, flush: true, flag: 'wx' })
    linkSync(draft, path)
    return { key }
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return undefined
    throw unavailable(path, 'cannot be written', error)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Removes a key that nothing was sealed with. */
export function forgetMasterKey(path: string): void {
  rmSync(path, { force: true })
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
