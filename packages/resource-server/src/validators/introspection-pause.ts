/**
 * When the issuer may be asked again after it could not answer.
 *
 * Invariants
 *  (1) One failure is no outage: others go on asking. After several in a row, or where the issuer says so, or does not
 *      know us, nobody asks until a pause is over; the pauses grow and have an end.
 *  (2) After a pause one question goes first, and the others wait for what comes of it.
 *  (3) Any answer ends it.
 */
import { type RandomSource, uniform } from '@mintmark/runtime'
import {
  introspectionFailuresMax,
  introspectionPauseMsMax,
  introspectionPauseMsMin,
} from '../limits.ts'
import type { IntrospectionFailure } from './introspection-failure.ts'

/** The state of the pauses towards one issuer. */
export class IntrospectionPause {
  readonly #random: RandomSource
  #failures = 0
  #endsAtMonotonicMs = Number.NEGATIVE_INFINITY

  constructor(random: RandomSource) {
    this.#random = random
  }

  /** Whether the last question brought no answer. */
  get isFailing(): boolean {
    return this.#failures > 0
  }

  /** For how many milliseconds nobody may ask; `undefined` when one may. @param underWay - Questions now. */
  remainingMs(nowMonotonicMs: number, underWay: number): number | undefined {
    if (nowMonotonicMs < this.#endsAtMonotonicMs) return this.#endsAtMonotonicMs - nowMonotonicMs
    const isTrial = this.#failures >= introspectionFailuresMax
    return isTrial && underWay > 0 ? introspectionPauseMsMin : undefined
  }

  failed(failure: IntrospectionFailure, retryAfterSeconds: number, nowMonotonicMs: number): void {
    this.#failures += 1
    if (failure === 'caller_refused') {
      this.#failures = Math.max(this.#failures, introspectionFailuresMax)
    }
    const pauseMs = Math.max(this.#pauseMs(), 1000 * retryAfterSeconds)
    this.#endsAtMonotonicMs = Math.max(this.#endsAtMonotonicMs, nowMonotonicMs + pauseMs)
  }

  answered(): void {
    this.#failures = 0
    this.#endsAtMonotonicMs = Number.NEGATIVE_INFINITY
  }

  #pauseMs(): number {
    const doublings = this.#failures - introspectionFailuresMax
    if (doublings < 0) return 0
    const pauseMs = introspectionPauseMsMin * 2 ** Math.min(doublings, 16)
    return Math.min(introspectionPauseMsMax, pauseMs) * (0.5 + uniform(this.#random) / 2)
  }
}
