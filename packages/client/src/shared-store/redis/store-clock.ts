/**
 * What is known here of the clock of the store: how far it is ahead of the monotonic clock of this process.
 *
 * A text that carries its instant gives a lower bound, by the time that it was under way. The highest bound is the best
 * one, so that is kept, and slowly doubted: clocks drift, and are set back. On a cluster each node has a clock of its
 * own, and what is kept is the foremost.
 */
import type { Clock } from '@mintmark/runtime'
import { storeClockDoubt } from '../../limits.ts'

/** An estimate of another clock. */
export class StoreClock {
  readonly #clock: Clock
  #aheadMs = Number.NEGATIVE_INFINITY
  #heardAtMonotonicMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether anything was ever heard. */
  get isKnown(): boolean {
    return Number.isFinite(this.#aheadMs)
  }

  /** Takes note of an instant that the store told just now. */
  hear(atStoreMs: number): void {
    const nowMs = this.#clock.monotonicMs()
    const doubtMs = (nowMs - this.#heardAtMonotonicMs) * storeClockDoubt
    this.#aheadMs = Math.max(atStoreMs - nowMs, this.#aheadMs - doubtMs)
    this.#heardAtMonotonicMs = nowMs
  }

  /** The instant of the store at a monotonic instant of ours. */
  storeMsAt(monotonicMs: number): number {
    return monotonicMs + this.#aheadMs
  }

  /** How long ago the store told `atStoreMs`; never negative for an instant that was heard. */
  ageMs(atStoreMs: number): number {
    return Math.max(0, this.storeMsAt(this.#clock.monotonicMs()) - atStoreMs)
  }
}
