/** The limits of several processes, kept in Redis or Valkey. */
export {}
