/** The default storage: one folder, Node's built-in SQLite, nothing to install. */
import { type RandomSource, systemRandom } from '@mintmark/runtime'
import { type Storage, StorageError, type StorageSession } from '../storage.ts'
import { masterKeyOf, prepareDataFolder, systemCodeOf } from './data-folder.ts'
import { migrations } from './migrations.ts'
import { SqliteDatabase } from './sqlite-database.ts'
import { createSqliteSession } from './sqlite-session.ts'

const IN_MEMORY = ':memory:'
const MASTER_KEY_BYTES = 32

/**
 * A storage in `folder`, created when it does not exist; several processes of one machine may use it at once.
 * `':memory:'` is a throw-away storage that dies with its session.
 *
 * Opening rejects with {@link StorageError} when the folder cannot be used or is not ours. Network file systems
 * are not checked for and do not work: SQLite needs local locks.
 */
export function sqlite(folder: string, options: { readonly random?: RandomSource } = {}): Storage {
  const random = options.random ?? systemRandom
  return { open: async () => open(folder, random) }
}

function open(folder: string, random: RandomSource): StorageSession {
  if (folder === IN_MEMORY) {
    return createSqliteSession(openDatabase(IN_MEMORY), random.bytes(MASTER_KEY_BYTES))
  }
  const path = prepareDataFolder(folder)
  const database = openDatabase(path)
  try {
    return createSqliteSession(database, masterKeyOf(folder, random))
  } catch (error) {
    database.close()
    throw error
  }
}

function openDatabase(path: string): SqliteDatabase {
  let database: SqliteDatabase | undefined
  try {
    database = new SqliteDatabase(path)
    database.migrate(migrations)
    return database
  } catch (error) {
    database?.close()
    throw new StorageError(
      'storage_unavailable',
      path,
      `${path} cannot be used as Mintmark's database; check its permissions and that it is not another program's file`,
      systemCodeOf(error),
    )
  }
}
