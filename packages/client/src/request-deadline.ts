/**
 * One deadline over everything that a request needs: the token, the sending, and the second of both
 * after a 401. The body of the answer is not covered: it is the caller's to read.
 */
import type { Clock, Scheduled } from '@mintmark/runtime'
import { checkDeadline } from './patience.ts'

/** The deadline of one request. Whoever makes it ends it. */
export class RequestDeadline {
  /**
   * For the sending: aborts when the time is up, with the same reason as `AbortSignal.timeout`, and
   * when the caller's own signal does.
   */
  readonly signal: AbortSignal
  readonly #clock: Clock
  readonly #atMonotonicMs: number
  readonly #timer: Scheduled

  /** Throws `RangeError` for a deadline that is none. */
  constructor(clock: Clock, deadlineMs: number, caller: AbortSignal | undefined) {
    checkDeadline(deadlineMs)
    const controller = new AbortController()
    const { signal } = controller
    this.signal = caller === undefined ? signal : AbortSignal.any([caller, signal])
    this.#clock = clock
    this.#atMonotonicMs = clock.monotonicMs() + deadlineMs
    const onTime = (): void =>
      controller.abort(new DOMException('the deadline of the request passed', 'TimeoutError'))
    this.#timer = clock.schedule(deadlineMs, onTime, { keepsProcessAlive: true })
  }

  /** What is left for the next wait, at least a millisecond, which a deadline has to have. */
  get leftMs(): number {
    return Math.max(1, this.#atMonotonicMs - this.#clock.monotonicMs())
  }

  /** Ends it: the answer is there, or will not be. */
  end(): void {
    this.#timer.cancel()
  }
}
