/**
 * Where a command finds the authorization server's storage: the data folder, or with `--database` a
 * PostgreSQL database and the master key in a file.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Storage } from '@mintmark/authorization-server'
import type { Invocation } from './command.ts'
import { type CommandFailure, failure } from './command-failure.ts'

/** The settings that say where; every command that opens the storage has them. */
export const storageSettings = ['data', 'database', 'masterKeyFile'] as const

/** A command that opens the storage. */
export type StorageInvocation = Invocation<(typeof storageSettings)[number]>

/** How a command opens the storage. */
export interface StorageAccess {
  /**
   * Whether the command may start a new data folder, or must find one: a mistyped path is not an
   * empty registry.
   */
  readonly createsFolder: boolean
}

/**
 * The storage that the settings name, not opened yet.
 *
 * @throws CommandFailure `data_folder_missing` when there is none and `createsFolder` is false.
 */
export async function storageOf(
  { settings, edge }: StorageInvocation,
  { createsFolder }: StorageAccess,
): Promise<Storage> {
  const { random } = edge
  const data = settings.value('data')
  const folder = resolve(edge.workingFolder, data)
  const url = settings.value('database')
  if (url !== undefined) {
    const { postgres } = await import('@mintmark/authorization-server/postgres')
    const keyFile = settings.value('masterKeyFile') ?? join(folder, 'master.key')
    return postgres(url, { masterKeyFile: resolve(edge.workingFolder, keyFile), random })
  }
  if (!createsFolder && !existsSync(folder)) throw folderMissing(data)
  const { sqlite } = await import('@mintmark/authorization-server')
  return sqlite(folder, { random })
}

function folderMissing(data: string): CommandFailure {
  return failure(
    'data_folder_missing',
    `the data folder ${data} does not exist; correct --data, or create a resource there first`,
  )
}

/**
 * Where a node keeps what it needs while its database is away. Without `--database` the database is
 * beside it, so that there is nothing to keep unless a file is named.
 */
export function snapshotFileOf({
  settings,
  edge,
}: Invocation<'data' | 'database' | 'snapshotFile'>): string | undefined {
  const file = settings.value('snapshotFile')
  if (file !== undefined) return resolve(edge.workingFolder, file)
  if (settings.value('database') === undefined) return undefined
  return resolve(edge.workingFolder, settings.value('data'), 'snapshot')
}
