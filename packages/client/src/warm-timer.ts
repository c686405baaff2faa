/**
 * The timer of a client that keeps its tokens warm: it asks a source to look after its token at the
 * instant of the next decision, whether or not anybody calls.
 *
 * Invariants
 *  (1) One timer per source at most, and it keeps no process alive.
 *  (2) There is none before the first token, and none after `rest`.
 */
import type { Clock, Scheduled } from '@mintmark/runtime'

/** The timer of one source. */
export class WarmTimer {
  readonly #clock: Clock
  readonly #wake: () => void
  #timer: Scheduled | undefined

  /** @param wake - Looks after the token. */
  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock
    this.#wake = wake
  }

  /** Wakes at that instant, or at once if it has passed, and not at an earlier one any more. */
  wakeAt(monotonicMs: number): void {
    this.rest()
    const delayMs = Math.max(0, monotonicMs - this.#clock.monotonicMs())
    this.#timer = this.#clock.schedule(delayMs, this.#wake)
  }

  /** Wakes no more. */
  rest(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
