/** The default storage: one folder, Node's built-in SQLite, nothing to install. */
import { type Clock, type RandomSource, systemClock, systemRandom } from '@mintmark/runtime'
import { systemCodeOf } from '../../system-code.ts'
import { readMasterKey } from '../master-key-file.ts'
import { masterKeyFor } from '../sql/master-key-check.ts'
import { migrate, type SchemaStep } from '../sql/schema-steps.ts'
import { createSqlSession } from '../sql/sql-session.ts'
import { type Storage, StorageError, type StorageSession } from '../storage.ts'
import { dataFolder, prepareDataFolder } from './data-folder.ts'
import { migrations, replayMigrations, sqliteLedger } from './migrations.ts'
import { SqliteDatabase, type SqliteOptions } from './sqlite-database.ts'

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
  return folder === IN_MEMORY
    ? inMemory(clock, random)
    : {
        open: () => openFolder(folder, clock, random),
        masterKey: async () => readMasterKey(dataFolder(folder).masterKey),
      }
}

function inMemory(clock: Clock, random: RandomSource): Storage {
  return {
    async open() {
      const masterKey = random.bytes(MASTER_KEY_BYTES)
      const database = await openDatabase(IN_MEMORY, clock)
      return createSqlSession({ database, replay: await openReplay(IN_MEMORY, clock), masterKey })
    },
    masterKey: async () => undefined,
  }
}

async function openFolder(
  folder: string,
  clock: Clock,
  random: RandomSource,
): Promise<StorageSession> {
  const files = prepareDataFolder(folder)
  const database = await openDatabase(files.database, clock)
  try {
    const masterKey = await masterKeyFor(database, files.masterKey, random)
    const replay = await openReplay(files.replay, clock)
    return createSqlSession({ database, replay, masterKey })
  } catch (error) {
    await database.close()
    throw error
  }
}

function openDatabase(path: string, clock: Clock): Promise<SqliteDatabase> {
  return openFile(path, { clock }, migrations)
}

function openReplay(path: string, clock: Clock): Promise<SqliteDatabase> {
  return openFile(path, { clock, durable: false }, replayMigrations)
}

async function openFile(
  path: string,
  options: SqliteOptions,
  steps: readonly SchemaStep[],
): Promise<SqliteDatabase> {
  let database: SqliteDatabase | undefined
  try {
    database = new SqliteDatabase(path, options)
    await migrate(database, steps, sqliteLedger)
    return database
  } catch (error) {
    await database?.close()
    throw new StorageError(
      'storage_unavailable',
      path,
      `${path} cannot be used as Mintmark's database; check its permissions and that it is not another program's file`,
      systemCodeOf(error),
    )
  }
}
