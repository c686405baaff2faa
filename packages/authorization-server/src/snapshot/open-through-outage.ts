/** Opens the storage, or what a node kept of it when the database is away. */
import type { Clock } from '@mintmark/runtime'
import { type Storage, StorageError, type StorageSession } from '../storage/storage.ts'
import { createLateSession } from './late-session.ts'
import { readSnapshot } from './snapshot-file.ts'
import type { LastKnownState } from './snapshot-lines.ts'

/** How long a node goes on without its database, and where it keeps what it needs for that. */
export interface SnapshotOptions {
  /** The file; `undefined`: a node that starts needs its database. */
  readonly file: string | undefined
  readonly graceSeconds: number
}

/** An open session, and the state to start with when the database is away. */
export interface OpenedStorage {
  readonly session: StorageSession
  readonly lastKnown: LastKnownState | undefined
}

/**
 * Rejects with the storage's own `StorageError` when there is no snapshot that could stand in, or only one that is
 * older than the grace. A database that is there and refuses (another master key, damaged) is never stood in for.
 */
export async function openThroughOutage(
  storage: Storage,
  options: SnapshotOptions,
  clock: Clock,
): Promise<OpenedStorage> {
  try {
    return { session: await storage.open(), lastKnown: undefined }
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'storage_unavailable') throw error
    const found = await standIn(storage, options, clock).catch(() => undefined)
    if (found === undefined) throw error
    return found
  }
}

async function standIn(
  storage: Storage,
  { file, graceSeconds }: SnapshotOptions,
  clock: Clock,
): Promise<OpenedStorage | undefined> {
  const masterKey = file === undefined ? undefined : await storage.masterKey()
  if (file === undefined || masterKey === undefined) return undefined
  const lastKnown = await readSnapshot({ file, masterKey })
  if (lastKnown === undefined) return undefined
  if (clock.wallMs() - lastKnown.confirmedAtWallMs > graceSeconds * 1000) return undefined
  return { session: createLateSession(storage, masterKey), lastKnown }
}
