/**
 * What is known here of the clock of Redis: how far it is ahead of the monotonic clock of this process.
 *
 * A reply that carries its instant gives a lower bound, by the time that it was under way. The highest bound is the
 * best one, so that is kept, and slowly doubted: clocks drift, and are set back.
 */
import { redisClockDoubt } from '../limits.ts'

/** An estimate of another clock. */
export class RedisClock {
  #aheadMs = Number.NEGATIVE_INFINITY
  #heardAtMonotonicMs = 0

  /** Takes note of an instant that Redis told just now. */
  hear(atRedisMs: number, nowMonotonicMs: number): void {
    const doubtMs = (nowMonotonicMs - this.#heardAtMonotonicMs) * redisClockDoubt
    this.#aheadMs = Math.max(atRedisMs - nowMonotonicMs, this.#aheadMs - doubtMs)
    this.#heardAtMonotonicMs = nowMonotonicMs
  }

  /** The instant of Redis at a monotonic instant of ours, in whole microseconds; 0 while nothing was ever heard. */
  microsecondsAt(monotonicMs: number): number {
    return Math.max(0, Math.floor((monotonicMs + this.#aheadMs) * 1_000))
  }
}
