/** PostgreSQL as the storage of several nodes. */
export { type PostgresStorageOptions, postgres } from './storage/postgres/postgres.ts'
