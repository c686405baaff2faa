/** The default storage: one folder, Node's built-in SQLite, nothing to install. */
import { type Clock, type RandomSource, systemClock, systemRandom } from '@mintmark/runtime'
import { createSqlSession } from '../sql/sql-session.ts'
import { type Storage, StorageError, type StorageSession } from '../storage.ts'
import { masterKeyOf, prepareDataFolder, systemCodeOf } from './data-folder.ts'
import { migrations, replayMigrations } from './migrations.ts'
import { SqliteDatabase } from './sqlite-database.ts'

const IN_MEMORY = ':memory:'
const MASTER_KEY_BYTES = 32

/** What a storage may be given. */
export interface SqliteStorageOptions {
  readonly clock?: Clock
  readonly random?: RandomSource
}

/**
 * A storage in `folder`, created when it does not exist; several processes of one machine may use it at once.
 * `':memory:'` is a throw-away storage that dies with its session.
 *
 * Opening rejects with {@link StorageError} when the folder cannot be used or is not ours. Network file systems
 * are not checked for and do not work: SQLite needs local locks.
 */
export function sqlite(folder: string, options: SqliteStorageOptions = {}): Storage {
  const { clock = systemClock, random = systemRandom } = options
  return { open: async () => open(folder, clock, random) }
}

function open(folder: string, clock: Clock, random: RandomSource): StorageSession {
  if (folder === IN_MEMORY) {
    return createSqlSession({
      database: openDatabase(IN_MEMORY, clock),
      replay: openReplay(IN_MEMORY, clock),
      masterKey: random.bytes(MASTER_KEY_BYTES),
    })
  }
  const { database: path, replay } = prepareDataFolder(folder)
  const database = openDatabase(path, clock)
  try {
    const masterKey = masterKeyOf(folder, random)
    return createSqlSession({ database, replay: openReplay(replay, clock), masterKey })
  } catch (error) {
    void database.close()
    throw error
  }
}

function openDatabase(path: string, clock: Clock): SqliteDatabase {
  return opened(path, () => new SqliteDatabase(path, { clock, migrations }))
}

function openReplay(path: string, clock: Clock): SqliteDatabase {
  const options = { clock, migrations: replayMigrations, durable: false }
  return opened(path, () => new SqliteDatabase(path, options))
}

function opened(path: string, openFile: () => SqliteDatabase): SqliteDatabase {
  try {
    return openFile()
  } catch (error) {
    throw new StorageError(
      'storage_unavailable',
      path,
      `${path} cannot be used as Mintmark's database; check its permissions and that it is not another program's file`,
      systemCodeOf(error),
    )
  }
}
