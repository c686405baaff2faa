/**
 * A clock that a test moves by hand, in place of the system's (the `Clock` port of `@mintmark/runtime`).
 *
 * Invariants
 *  (1) Time moves only in `advance` and `stepWall`. Monotonic time never moves backwards; wall time does when it is
 *      told to.
 *  (2) A task runs at its own instant, with both clocks showing that instant, never earlier. Tasks run in the order
 *      of their instants; tasks of one instant run in the order in which they were scheduled.
 *  (3) Everything a task makes runnable settles before the next task runs, so a task scheduled by a continuation
 *      takes its proper place, also when it is due within the same `advance`.
 *  (4) A stepped wall clock neither delays nor hastens a task: tasks live on monotonic time.
 */
import { type Clock, invariant, type Scheduled } from '@mintmark/runtime'
import { eventLoopTurns } from './event-loop.ts'
import { tasksPerAdvanceMax, turnsPerInstant } from './limits.ts'
import { the } from './the.ts'

/** Far from zero and from wall time, so that code which mixes the clocks or trusts a zero start shows. */
const MONOTONIC_START_MS = 7_000_000
const DELAY_MAX_MS = 2 ** 31 - 1

interface PendingTask {
  readonly dueAtMonotonicMs: number
  readonly run: () => void
}

/** How a {@link FakeClock} starts. */
export interface FakeClockOptions {
  /** Wall time at the start, in milliseconds since 1970. Default: `the.nowSeconds`. */
  readonly wallMs?: number
}

/** A {@link Clock} under the control of a test. */
export class FakeClock implements Clock {
  readonly #pending: PendingTask[] = []
  #monotonicMs = MONOTONIC_START_MS
  #wallMs: number
  #advancing = false

  constructor(options: FakeClockOptions = {}) {
    this.#wallMs = options.wallMs ?? the.nowSeconds * 1000
  }

  wallMs(): number {
    return this.#wallMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  /** Tasks scheduled and neither run nor cancelled: 0 proves that nothing left a timer behind. */
  get pendingCount(): number {
    return this.#pending.length
  }

  /** See the port. A negative or NaN delay, which a system timer would take for zero, fails the test. */
  schedule(delayMs: number, task: () => void): Scheduled {
    invariant(delayMs >= 0, 'a task is scheduled with a delay of at least 0 ms')
    const dueAtMonotonicMs = this.#monotonicMs + Math.min(delayMs, DELAY_MAX_MS)
    const pending: PendingTask = { dueAtMonotonicMs, run: task }
    this.#pending.splice(this.#placeFor(dueAtMonotonicMs), 0, pending)
    return {
      cancel: () => {
        const place = this.#pending.indexOf(pending)
        if (place !== -1) this.#pending.splice(place, 1)
      },
    }
  }

  /**
   * Moves both clocks forward by `ms`, running every task that falls due on the way (invariants 2 and 3).
   *
   * Returns when everything has settled. `advance(0)` runs what is due now and settles. Rejects with what a task
   * throws, and with an `InvariantViolation` when called while another `advance` runs or when the tasks never end.
   * Does not wait for real I/O (see {@link eventLoopTurns}).
   */
  async advance(ms: number): Promise<void> {
    invariant(
      Number.isFinite(ms) && ms >= 0,
      'a clock advances by a finite number of ms, at least 0',
    )
    invariant(!this.#advancing, 'one advance runs at a time: the previous one is awaited first')
    this.#advancing = true
    try {
      await this.#runUntil(this.#monotonicMs + ms)
    } finally {
      this.#advancing = false
    }
  }

  /** Steps the wall clock by `ms`, forwards or backwards, as an operator or NTP does. Runs no task. */
  stepWall(ms: number): void {
    invariant(Number.isFinite(ms), 'a wall clock steps by a finite number of ms')
    this.#wallMs += ms
  }

  async #runUntil(endMonotonicMs: number): Promise<void> {
    await eventLoopTurns(turnsPerInstant)
    for (let ran = 0; ; ran += 1) {
      const next = this.#pending[0]
      if (next === undefined || next.dueAtMonotonicMs > endMonotonicMs) break
      invariant(ran < tasksPerAdvanceMax, 'the tasks of one advance come to an end')
      this.#pending.shift()
      this.#moveTo(next.dueAtMonotonicMs)
      next.run()
      await this.#settle(next.dueAtMonotonicMs)
    }
    this.#moveTo(endMonotonicMs)
  }

  /** One turn is enough between tasks of the same instant; before time moves on, everything gets its turns. */
  async #settle(nowMonotonicMs: number): Promise<void> {
    await eventLoopTurns(1)
    if (this.#pending[0]?.dueAtMonotonicMs === nowMonotonicMs) return
    await eventLoopTurns(turnsPerInstant)
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs
    this.#monotonicMs = monotonicMs
  }

  /** The index after every task due at or before the given instant: what came first stays first. */
  #placeFor(dueAtMonotonicMs: number): number {
    let low = 0
    let high = this.#pending.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const task = this.#pending[middle]
      if (task !== undefined && task.dueAtMonotonicMs <= dueAtMonotonicMs) low = middle + 1
      else high = middle
    }
    return low
  }
}
