/**
 * Time as a port. Two clocks that are never mixed:
 *
 *  - *wall* time is what other machines read (`iat`, `exp`, `Date` headers); it may step in either direction;
 *  - *monotonic* time is what lifetimes, deadlines and cool-downs are counted on; it never steps, has no meaning
 *    outside the process, and is never stored or sent.
 *
 * A variable that holds a reading says which one in its name (`expiresAtWallMs`, `arrivedAtMonotonicMs`).
 */

/** A task that was scheduled and has not run yet, or has. */
export interface Scheduled {
  /** Drops the task. Cancelling a task that ran, or twice, does nothing. */
  cancel(): void
}

/** How a task is scheduled. */
export interface ScheduleOptions {
  /**
   * Whether the pending task keeps the process from exiting by itself. Default `false`: work in the background
   * must never hold up an exit. A caller that waits for the task itself passes `true`.
   */
  readonly keepsProcessAlive?: boolean
}

/** Both clocks and a timer. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. May step backwards. */
  wallMs(): number
  /** Milliseconds since an arbitrary instant of this process. Never steps backwards. */
  monotonicMs(): number
  /**
   * Runs `task` once, not earlier than `delayMs` from now. Whoever schedules owns the result and can cancel it.
   *
   * @param delayMs - At least 0. Delays beyond 2^31-1 ms (24.8 days) are cut to that.
   */
  schedule(delayMs: number, task: () => void, options?: ScheduleOptions): Scheduled
}

/**
 * Waits for `delayMs` on `clock`, keeping the process alive meanwhile.
 *
 * Rejects with the signal's own reason as soon as `signal` aborts; the timer is cancelled then.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const onAbort = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    const onTime = (): void => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }
    const timer = clock.schedule(delayMs, onTime, { keepsProcessAlive: true })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
