/** PostgreSQL as the storage of several nodes. */
export {}
