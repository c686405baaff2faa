/**
 * Which master key a database belongs to. The database keeps a check value, from which the key cannot be told; a node
 * with another key is told so when it opens the database, and not by secrets that no longer match.
 */
import { createHmac } from 'node:crypto'
import type { RandomSource } from '@mintmark/runtime'
import { deriveKey } from '../../signing-keys/key-sealing.ts'
import { createMasterKey, forgetMasterKey, readMasterKey } from '../master-key-file.ts'
import { StorageError } from '../storage.ts'
import { rows, run, type SqlDatabase, type SqlWork } from './sql-work.ts'

/** The name of the setting. */
export const masterKeyCheckSetting = 'master_key_check'

/** What is stored of a master key. */
export function masterKeyCheckOf(masterKey: Uint8Array): string {
  const key = deriveKey(masterKey, 'master key check')
  return createHmac('sha256', key).update('mintmark').digest('base64url')
}

/**
 * The master key in `file`, which is made for a database that has none yet.
 *
 * @throws StorageError `master_key_missing` or `master_key_wrong`, saying what to do; nothing is left behind then.
 */
export async function masterKeyFor(
  database: SqlDatabase,
  file: string,
  random: RandomSource,
): Promise<Uint8Array> {
  const known = await database.snapshot(storedCheck)
  const there = readMasterKey(file)
  if (there === undefined && known !== undefined) throw keyMissing(file)
  const made = there === undefined ? createMasterKey(file, random) : undefined
  const key = there ?? made?.key ?? readMasterKey(file)
  if (key === undefined) throw keyMissing(file)
  const check = masterKeyCheckOf(key)
  const agreed = known ?? (await database.transaction(() => claim(check))).check
  if (agreed === check) return key
  // Another node was first, with a key of its own; nothing was sealed with this one yet.
  if (made !== undefined) forgetMasterKey(file)
  throw keyWrong(file)
}

function* storedCheck(): SqlWork<string | undefined> {
  const [row] = yield* rows<{ readonly value: string }>(
    'select value from settings where name = ?',
    masterKeyCheckSetting,
  )
  return row?.value
}

function* claim(check: string): SqlWork<{ readonly ok: true; readonly check: string }> {
  yield* run(
    'insert into settings (name, value) values (?, ?) on conflict do nothing',
    ...[masterKeyCheckSetting, check],
  )
  return { ok: true, check: (yield* storedCheck()) ?? check }
}

function keyMissing(file: string): StorageError {
  return new StorageError(
    'master_key_missing',
    file,
    `${file} does not exist, and the database belongs to a master key; copy it from another node or a backup`,
  )
}

function keyWrong(file: string): StorageError {
  return new StorageError(
    'master_key_wrong',
    file,
    `${file} holds another master key than that of the database; replace it by a copy from another node`,
  )
}
