/** The storage of several nodes: one PostgreSQL database, and a master key that every node has a copy of. */
import { type Clock, type RandomSource, systemClock, systemRandom } from '@mintmark/runtime'
import {
  postgresConnectionsMaxDefault,
  postgresMigrationMsMax,
  postgresStatementMsMax,
} from '../../limits.ts'
import { readMasterKey } from '../master-key-file.ts'
import { masterKeyFor } from '../sql/master-key-check.ts'
import { migrate } from '../sql/schema-steps.ts'
import { createSqlSession } from '../sql/sql-session.ts'
import type { Storage, StorageSession } from '../storage.ts'
import { type PostgresAddress, postgresAddress } from './postgres-address.ts'
import { PostgresDatabase, type PostgresOptions } from './postgres-database.ts'
import { postgresLedger, postgresSteps } from './postgres-schema.ts'

/** What a storage needs beside its URL. */
export interface PostgresStorageOptions {
  /**
   * The file with the master key, which never is in the database. Made on first use of an empty database; every
   * other node needs a copy.
   */
  readonly masterKeyFile: string
  /** Connections for work; one more hears of changes. Default 4, from 2 up. */
  readonly connectionsMax?: number
  /**
   * How long the server may work on one statement, in milliseconds from 1 up; one that does not answer at all is given
   * up after twice that. Default 15 s.
   */
  readonly statementMsMax?: number
  readonly clock?: Clock
  readonly random?: RandomSource
}

/**
 * A storage in the database at `url` (`postgres://account@host:port/database`), whose tables are made when they are
 * missing. Parameters such as `sslmode=verify-full` and `sslrootcert` are the driver's (`pg`), and so are the variables
 * `PGUSER`, `PGPASSWORD` and `PGPASSFILE` for what the URL leaves out. Without `sslmode` the connection is not
 * encrypted.
 *
 * Opening rejects with `StorageError` when the database cannot be used, or belongs to another master key; no error
 * contains anything of the URL but host, port and name. Needs PostgreSQL 12 or newer, the primary server, and a
 * connection of its own for LISTEN: through a pooler that shares connections between transactions, a change of another
 * node is seen after up to five seconds instead of one.
 */
export function postgres(url: string, options: PostgresStorageOptions): Storage {
  const { masterKeyFile, clock = systemClock, random = systemRandom } = options
  const connectionsMax = atLeast(2, 'connectionsMax', options, postgresConnectionsMaxDefault)
  const statementMsMax = atLeast(1, 'statementMsMax', options, postgresStatementMsMax)
  const address = postgresAddress(url)
  return {
    open: () => open(address, masterKeyFile, random, { clock, connectionsMax, statementMsMax }),
    masterKey: async () => readMasterKey(masterKeyFile),
  }
}

function atLeast(
  min: number,
  name: 'connectionsMax' | 'statementMsMax',
  options: PostgresStorageOptions,
  fallback: number,
): number {
  const value = options[name] ?? fallback
  if (Number.isInteger(value) && value >= min) return value
  throw new TypeError(`option "${name}" must be a whole number from ${min} up`)
}

async function open(
  address: PostgresAddress,
  masterKeyFile: string,
  random: RandomSource,
  options: PostgresOptions,
): Promise<StorageSession> {
  await migrateAlone(address, options)
  const database = new PostgresDatabase(address, options)
  try {
    const masterKey = await masterKeyFor(database, masterKeyFile, random)
    return createSqlSession({ database, replay: database, masterKey })
  } catch (error) {
    await database.close()
    throw error
  }
}

/** On connections of its own, because a step over a large table may take longer than a statement of normal work. */
async function migrateAlone(address: PostgresAddress, options: PostgresOptions): Promise<void> {
  const statementMsMax = postgresMigrationMsMax
  const database = new PostgresDatabase(address, { ...options, statementMsMax })
  try {
    await migrate(database, postgresSteps, postgresLedger)
  } finally {
    await database.close()
  }
}
