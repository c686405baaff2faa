/**
 * When the next token request for one key may be made: what the failures of this key, the server's
 * own wish and the breaker say, brought together.
 */
import { type Clock, invariant, type RandomSource, sleep, uniform } from '@mintmark/runtime'
import { type Failure, isFinal } from './failure.ts'
import { probePauseFirstMs, unaskedPauseMs } from './limits.ts'
import { RenewalBackoff } from './renewal-backoff.ts'
import type { Throttle } from './throttle.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'

/** What pacing needs. */
export interface AttemptPacingParts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly throttle: Throttle
}

/** The pacing of one key. */
export class AttemptPacing {
  readonly #parts: AttemptPacingParts
  readonly #backoff = new RenewalBackoff()
  #lastFailure: Failure | undefined
  #unaskedAtMonotonicMs = Number.NEGATIVE_INFINITY

  constructor(parts: AttemptPacingParts) {
    this.#parts = parts
  }

  /** When a renewal in the background may be tried; in the past when nothing speaks against it. */
  get backgroundOpensAtMonotonicMs(): number {
    return Math.max(this.#backoff.backgroundAtMonotonicMs, this.#parts.throttle.untilMonotonicMs)
  }

  /** The same for an attempt on behalf of callers without a token. */
  get demandOpensAtMonotonicMs(): number {
    return Math.max(this.#backoff.demandAtMonotonicMs, this.#parts.throttle.untilMonotonicMs)
  }

  /**
   * The same for an attempt that nobody waits for and no token makes urgent: half a minute later
   * than on demand, and after a final failure not before the breaker lets a probe through.
   */
  get unaskedOpensAtMonotonicMs(): number {
    return Math.max(this.#unaskedAtMonotonicMs, this.demandOpensAtMonotonicMs)
  }

  /** Waits until an attempt on demand may be made. Rejects with the reason of `signal`. */
  async untilDemandOpens(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    // Again and again, because another key may learn of a longer pause meanwhile.
    for (;;) {
      const waitMs = this.demandOpensAtMonotonicMs - clock.monotonicMs()
      if (waitMs <= 0) return
      await sleep(clock, waitMs, signal)
    }
  }

  /** Ends the pauses of this key: an attempt succeeded. */
  succeeded(): void {
    this.#lastFailure = undefined
    this.#unaskedAtMonotonicMs = Number.NEGATIVE_INFINITY
    this.#backoff.succeeded()
  }

  /**
   * Notes a failed attempt and gives the instant of the next one.
   *
   * Final failures are paced by the breaker, which knows when it will let a probe through; others
   * by the backoff.
   *
   * @param tokenLeftMs - How long the current token stays usable; 0 when there is none.
   */
  failed(failure: Failure, nowMonotonicMs: number, tokenLeftMs: number): number {
    this.#lastFailure = failure
    const next = this.#nextAfter(failure, nowMonotonicMs, tokenLeftMs)
    const isPacedByWaiters = tokenLeftMs <= 0 && !isFinal(failure.code)
    this.#unaskedAtMonotonicMs = isPacedByWaiters ? next + unaskedPauseMs : next
    return next
  }

  #nextAfter(failure: Failure, nowMonotonicMs: number, tokenLeftMs: number): number {
    const { retryAfterMs } = failure
    if (isFinal(failure.code)) return nowMonotonicMs + (retryAfterMs ?? probePauseFirstMs)
    const sample = uniform(this.#parts.random)
    this.#backoff.failed({ nowMonotonicMs, tokenLeftMs, retryAfterMs, sample })
    return tokenLeftMs > 0 ? this.backgroundOpensAtMonotonicMs : this.demandOpensAtMonotonicMs
  }

  /** The error for a caller that cannot wait for as long as the pause on demand still takes. */
  pauseError(nowMonotonicMs: number): TokenAcquisitionError {
    const { throttle } = this.#parts
    const isThrottled = throttle.untilMonotonicMs >= this.#backoff.demandAtMonotonicMs
    const failure = isThrottled ? throttle.failure : this.#lastFailure
    invariant(failure !== undefined, 'a pause was begun by a failure')
    const retryAfterMs = Math.ceil(this.demandOpensAtMonotonicMs - nowMonotonicMs)
    return new TokenAcquisitionError({ ...failure, retryAfterMs })
  }
}
