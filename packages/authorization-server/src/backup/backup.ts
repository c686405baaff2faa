/** Backing up a storage while it is in use, and restoring it into another one, of whatever kind. */
import { type Clock, systemClock } from '@mintmark/runtime'
import type { Storage } from '../storage/storage.ts'
import { BackupError } from './backup-error.ts'
import { BackupWriter, rowsOf, verifyBackup } from './backup-format.ts'

/** What a backup needs. */
export interface BackupOptions {
  readonly storage: Storage
  /** Is given the text piece by piece, in order; what it throws ends the backup. */
  readonly write: (text: string) => void
  readonly clock?: Clock
}

/**
 * Writes everything that is stored, the audit trail included, as of one instant; used assertions are left out. Servers
 * on the storage go on meanwhile. Resolves with the number of rows.
 *
 * The master key is not part of it: without a copy of that, a backup is worth nothing.
 */
export async function writeBackup(options: BackupOptions): Promise<number> {
  const { storage, write, clock = systemClock } = options
  const session = await storage.open()
  try {
    const writer = new BackupWriter(session.masterKey, clock.wallMs(), write)
    await session.readTables((page) => writer.add(page))
    return writer.end()
  } finally {
    await session.close()
  }
}

/** What a restoration needs. */
export interface RestoreOptions {
  /** Where nothing is stored yet. Its master key has to be that of the backup. */
  readonly storage: Storage
  /** Begins reading the lines of the backup, without their ends. Is called twice: to verify first, and then to use. */
  readonly lines: () => Iterable<string>
}

/**
 * Restores a backup as one transaction.
 *
 * Rejects with {@link BackupError} when it was not made under the storage's master key, was changed, or is not whole,
 * and when the storage is not empty; nothing has changed then. A storage that has no master key yet does not get one.
 */
export async function restoreBackup({ storage, lines }: RestoreOptions): Promise<void> {
  verifyBackup(lines(), await storage.masterKey())
  const session = await storage.open()
  try {
    const pages = rowsOf(lines())
    const outcome = await session.writeTables(() => pages.next().value ?? undefined)
    if (!outcome.ok) throw new BackupError('storage_not_empty')
  } finally {
    await session.close()
  }
}
