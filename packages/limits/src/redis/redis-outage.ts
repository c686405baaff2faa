/**
 * When Redis is left alone.
 *
 * Invariants
 *  (1) After a failure nothing waits for Redis until it has answered a probe. An outage costs those decisions a
 *      deadline that were under way when it began, and none after them.
 *  (2) One probe at a time, beside a decision that is made without Redis, after pauses that double from 0.25 s to 5 s.
 *      There is no timer: a process that decides nothing asks nothing.
 *  (3) An outage is told once when it begins and once when it is over, however many decisions it hit.
 */
import type { Clock, Observer } from '@mintmark/runtime'
import type { LimitEvent, RedisTrouble } from '../events.ts'
import { redisPauseFirstMs, redisPauseMaxMs } from '../limits.ts'

interface Outage {
  readonly beganAtMonotonicMs: number
  readonly pauseMs: number
  readonly untilMonotonicMs: number
  readonly isProbed: boolean
}

/** What is known about whether Redis answers. */
export class RedisOutage {
  readonly #clock: Clock
  readonly #observer: Observer<LimitEvent>
  #outage: Outage | undefined

  constructor(clock: Clock, observer: Observer<LimitEvent>) {
    this.#clock = clock
    this.#observer = observer
  }

  /** Whether Redis is left alone now. */
  get isOn(): boolean {
    return this.#outage !== undefined
  }

  /** How long it will be left alone yet, in milliseconds. */
  get remainingMs(): number {
    const until = this.#outage?.untilMonotonicMs ?? 0
    return Math.max(0, until - this.#clock.monotonicMs())
  }

  /** Decisions under way when the first one fails may fail as well: they belong to the same outage. */
  begin(reason: RedisTrouble): void {
    if (this.#outage !== undefined) return
    this.#pause(this.#clock.monotonicMs(), redisPauseFirstMs)
    this.#observer({ type: 'shared_limits_unavailable', reason })
  }

  /** Runs a probe if it is time for one. Returns at once; a probe that fails makes the pause longer. */
  probeWhenDue(probe: () => Promise<unknown>): void {
    const outage = this.#outage
    if (outage === undefined || outage.isProbed || this.remainingMs > 0) return
    this.#outage = { ...outage, isProbed: true }
    probe().then(
      () => this.#end(outage.beganAtMonotonicMs),
      () => this.#pause(outage.beganAtMonotonicMs, Math.min(redisPauseMaxMs, outage.pauseMs * 2)),
    )
  }

  #pause(beganAtMonotonicMs: number, pauseMs: number): void {
    const untilMonotonicMs = this.#clock.monotonicMs() + pauseMs
    this.#outage = { beganAtMonotonicMs, pauseMs, untilMonotonicMs, isProbed: false }
  }

  #end(beganAtMonotonicMs: number): void {
    this.#outage = undefined
    const awaySeconds = (this.#clock.monotonicMs() - beganAtMonotonicMs) / 1_000
    this.#observer({ type: 'shared_limits_recovered', awaySeconds })
  }
}
