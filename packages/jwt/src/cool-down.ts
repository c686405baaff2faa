/**
 * When the next attempt may start after some have failed.
 *
 * Invariants
 *  (1) Counted from the end of every failed attempt, never only from a success: an outage is when
 *      it matters.
 *  (2) The first pause is `coolDownMsMin`; each later one is drawn between that and three times the
 *      pause before, up to `coolDownMsMax` ("decorrelated jitter"), so that a fleet that failed
 *      together does not come back together.
 *  (3) A success ends it.
 */
import { type RandomSource, uniform } from '@mintmark/runtime'
import { coolDownMsMax, coolDownMsMin } from './limits.ts'

/** The state of the pauses of one target. */
export class CoolDown {
  readonly #random: RandomSource
  #pauseMs = 0
  #endsAtMonotonicMs = Number.NEGATIVE_INFINITY

  constructor(random: RandomSource) {
    this.#random = random
  }

  /** Whether the attempt that ended last has failed. */
  get isFailing(): boolean {
    return this.#pauseMs > 0
  }

  /** When the next attempt may start, on the monotonic clock; in the past when it may start now. */
  get endsAtMonotonicMs(): number {
    return this.#endsAtMonotonicMs
  }

  /** Notes that an attempt failed at `nowMonotonicMs`. */
  failed(nowMonotonicMs: number): void {
    const longest = Math.min(coolDownMsMax, 3 * this.#pauseMs)
    this.#pauseMs = this.isFailing
      ? coolDownMsMin + uniform(this.#random) * (longest - coolDownMsMin)
      : coolDownMsMin
    this.#endsAtMonotonicMs = nowMonotonicMs + this.#pauseMs
  }

  /** Notes that an attempt succeeded. */
  succeeded(): void {
    this.#pauseMs = 0
    this.#endsAtMonotonicMs = Number.NEGATIVE_INFINITY
  }
}
