/**
 * Waiting for something to happen: whoever waits is woken by the bell, by the time, or by an abort, whichever is first.
 */
import type { Clock } from '@mintmark/runtime'

/** A bell that wakes all who wait for it. */
export class Bell {
  readonly #sleepers = new Set<() => void>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Wakes everybody who waits at this moment. */
  ring(): void {
    for (const wake of [...this.#sleepers]) wake()
  }

  /** Waits for the bell, at most `waitMs`. Rejects with the reason of `signal`. Keeps no process alive. */
  wait(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.cancel()
        this.#sleepers.delete(wake)
        signal.removeEventListener('abort', onAbort)
      }
      const wake = (): void => {
        end()
        resolve()
      }
      const onAbort = (): void => {
        end()
        reject(signal.reason)
      }
      const timer = this.#clock.schedule(waitMs, wake)
      this.#sleepers.add(wake)
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
    })
  }
}
