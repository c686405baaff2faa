/** What the driver needs of a Redis client library. */

/** A client library behind the operations that are needed. Rejects with whatever the library rejects with. */
export interface RedisConnection {
  /** Runs a script that Redis has, by its SHA-1. */
  evaluateCached(sha: string, key: string, parameters: readonly string[]): Promise<unknown>
  /** Runs a script by its source, which Redis keeps from then on. */
  evaluate(source: string, key: string, parameters: readonly string[]): Promise<unknown>
  /**
   * Hears a channel on a connection of its own, which keeps no process alive.
   *
   * @param onLost - Told when the connection has ended or is not to be trusted any more.
   * @param signal - Ends an attempt that has not come to anything yet.
   * @returns What closes it. Rejects when there is no connection to be had.
   */
  listen(
    channel: string,
    onMessage: (message: string) => void,
    onLost: () => void,
    signal: AbortSignal,
  ): Promise<() => void>
}
