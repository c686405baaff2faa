/** How one call waits for a token. */
export interface TokenCallOptions {
  /** Ends the waiting of this caller, not of others. */
  readonly signal?: AbortSignal
  /**
   * How long this caller waits, in milliseconds, above 0 and at most 600,000. Default: the client's
   * `deadlineMs`.
   */
  readonly deadlineMs?: number
  /**
   * The life that the token must have left before its hard expiry, in seconds, from 0. One with less
   * is renewed first, and this caller waits for that; others do not. At most nine tenths of the
   * token's usable life are asked for: beyond that, each call would want a new token. When the
   * renewal fails, or takes longer than the deadline, the token in hand is given as long as it is
   * good. Default 0.
   */
  readonly minTtlSeconds?: number
}
