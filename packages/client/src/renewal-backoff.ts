/**
 * Pauses between attempts after failures: decorrelated jitter (each pause is drawn between the
 * first pause and three times the previous one), so that clients that failed together do not come
 * back together.
 *
 * Invariants
 *  (1) A pause is never shorter than the `Retry-After` it answers to.
 *  (2) While a token is still valid, no pause exceeds a tenth of the time that was left at the
 *      first failure (but for `Retry-After`, and never less than 100 ms), so at least ten attempts
 *      fit in before it expires.
 *  (3) Callers without a token do not inherit a long background pause: for them it ends after 5 s
 *      at the latest.
 */
import {
  demandPauseFirstMs,
  demandPauseMaxMs,
  renewalPauseFirstMs,
  renewalPauseMaxMs,
  renewalPauseMinMs,
  renewalPauseShare,
  retryAfterMsMax,
} from './limits.ts'

/** One failed attempt. */
export interface FailedAttempt {
  readonly nowMonotonicMs: number
  /** How long the current token stays usable; 0 when there is none. */
  readonly tokenLeftMs: number
  /** What the server asked for. */
  readonly retryAfterMs: number | undefined
  /** Drawn uniformly from [0, 1). */
  readonly sample: number
}

/** The pauses of one key. Starts without a pause. */
export class RenewalBackoff {
  #previousPauseMs = 0
  #tokenLeftAtFirstMs = 0
  #pausedAtMonotonicMs = Number.NEGATIVE_INFINITY
  #pausedUntilMonotonicMs = Number.NEGATIVE_INFINITY
  #askedForUntilMonotonicMs = Number.NEGATIVE_INFINITY

  /** Notes a failure and begins the next pause. */
  failed(attempt: FailedAttempt): void {
    if (this.#previousPauseMs === 0) this.#tokenLeftAtFirstMs = attempt.tokenLeftMs
    const { first, longest } = attempt.tokenLeftMs > 0 ? this.#background() : onDemand
    const upper = Math.min(longest, Math.max(first, this.#previousPauseMs * 3))
    const drawnMs = first + (upper - first) * attempt.sample
    const askedForMs = Math.min(attempt.retryAfterMs ?? 0, retryAfterMsMax)
    this.#previousPauseMs = drawnMs
    this.#pausedAtMonotonicMs = attempt.nowMonotonicMs
    this.#pausedUntilMonotonicMs = attempt.nowMonotonicMs + Math.max(drawnMs, askedForMs)
    this.#askedForUntilMonotonicMs = attempt.nowMonotonicMs + askedForMs
  }

  /** Ends the pause: an attempt succeeded. */
  succeeded(): void {
    this.#previousPauseMs = 0
    this.#pausedUntilMonotonicMs = Number.NEGATIVE_INFINITY
    this.#askedForUntilMonotonicMs = Number.NEGATIVE_INFINITY
  }

  /** When a renewal in the background may be tried again; in the past when there is no pause. */
  get backgroundAtMonotonicMs(): number {
    return this.#pausedUntilMonotonicMs
  }

  /**
   * When an attempt for callers without a token may be made; in the past when there is no pause.
   */
  get demandAtMonotonicMs(): number {
    const shortened = this.#pausedAtMonotonicMs + demandPauseMaxMs
    const pausedUntil = Math.min(this.#pausedUntilMonotonicMs, shortened)
    return Math.max(pausedUntil, this.#askedForUntilMonotonicMs)
  }

  #background(): PauseBounds {
    const share = Math.max(renewalPauseMinMs, this.#tokenLeftAtFirstMs * renewalPauseShare)
    const longest = Math.min(renewalPauseMaxMs, share)
    return { first: Math.min(renewalPauseFirstMs, longest), longest }
  }
}

interface PauseBounds {
  readonly first: number
  readonly longest: number
}

const onDemand: PauseBounds = { first: demandPauseFirstMs, longest: demandPauseMaxMs }
