/** The URL of a PostgreSQL database, and what of it may be shown. */
import { StorageError } from '../storage.ts'

/** Where a database is. */
export interface PostgresAddress {
  /** As given, with credentials: for the driver alone. */
  readonly url: string
  /** The URL without credentials and parameters, for people. */
  readonly location: string
}

/**
 * Reads `postgres://account@host:port/database` and its long form `postgresql:`.
 *
 * @throws StorageError for anything else; it shows nothing of what was given.
 */
export function postgresAddress(url: string): PostgresAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new StorageError(
      'storage_unavailable',
      'postgres://',
      'the database URL must have the form postgres://account@host:port/database',
    )
  }
  return { url, location: `postgres://${parsed.host}${parsed.pathname}` }
}
