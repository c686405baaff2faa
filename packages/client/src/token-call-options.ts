/** How one call waits for a token. */
export interface TokenCallOptions {
  /** Ends the waiting of this caller, not of others. */
  readonly signal?: AbortSignal
  /**
   * How long this caller waits, in milliseconds, above 0 and at most 600,000. Default: the client's
   * `deadlineMs`.
   */
  readonly deadlineMs?: number
}
