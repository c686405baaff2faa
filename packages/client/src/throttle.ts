/**
 * The pause that a server asked for with `Retry-After` (RFC 6585 section 4). It holds for every key
 * of the client: token endpoints count requests per client or per address, not per scope.
 */
import type { Failure } from './failure.ts'

/** The pause of one client. */
export class Throttle {
  #untilMonotonicMs = Number.NEGATIVE_INFINITY
  #failure: Failure | undefined

  /** When the next token request may be sent; in the past when there is no pause. */
  get untilMonotonicMs(): number {
    return this.#untilMonotonicMs
  }

  /** What asked for the pause. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** Begins a pause, unless a longer one has begun. */
  pause(failure: Failure, untilMonotonicMs: number): void {
    if (untilMonotonicMs <= this.#untilMonotonicMs) return
    this.#untilMonotonicMs = untilMonotonicMs
    this.#failure = failure
  }
}
