/**
 * Callers that wait for one outcome, each with its own deadline and signal (requirement C5).
 *
 * Invariants
 *  (1) Every waiter is settled exactly once: by the outcome, its deadline, its signal, or not being
 *      let in.
 *  (2) One timer at most, however many wait. It is armed for the earliest deadline, but not within
 *      10 ms of the last look, so a waiter may wait up to 10 ms past its deadline and 50,000
 *      waiters do not cost 50,000 timers.
 *  (3) The places of all lines of a client are counted together; when they are taken, a caller is
 *      turned away at once.
 *  (4) When nothing waits, no timer, no listener and no place is held.
 */
import type { Clock, Scheduled } from '@mintmark/runtime'
import { deadlineGranularityMs } from './limits.ts'

/** The places for waiting callers, shared by all lines of a client. */
export interface WaitingPlaces {
  taken: number
  readonly max: number
}

/** When a waiter stops waiting by itself. */
export interface Patience {
  readonly deadlineAtMonotonicMs: number
  readonly signal: AbortSignal | undefined
}

/** Why a waiter left without an outcome. */
export type Departure = 'deadline_exceeded' | 'aborted' | 'too_many_waiters'

interface Waiter<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
  readonly deadlineAtMonotonicMs: number
  readonly stopListening: () => void
}

/** What a line needs. */
export interface WaitingLineParts {
  readonly clock: Clock
  readonly places: WaitingPlaces
  /** The error for a waiter that leaves without an outcome. */
  readonly departureError: (departure: Departure) => Error
  /** Told after each departure. */
  readonly onDeparture: (departure: Departure) => void
}

/** A line of waiting callers. */
export class WaitingLine<Value> {
  readonly #parts: WaitingLineParts
  readonly #waiters = new Set<Waiter<Value>>()
  #timer: Scheduled | undefined
  #timerAtMonotonicMs = Number.POSITIVE_INFINITY

  constructor(parts: WaitingLineParts) {
    this.#parts = parts
  }

  /** How many wait. */
  get length(): number {
    return this.#waiters.size
  }

  /**
   * Lets a caller wait. One that cannot, because its signal is aborted or no place is left, departs
   * at once.
   */
  wait({ deadlineAtMonotonicMs, signal }: Patience): Promise<Value> {
    const { places } = this.#parts
    if (signal?.aborted === true) return this.#turnAway('aborted')
    if (places.taken >= places.max) return this.#turnAway('too_many_waiters')
    places.taken += 1
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#depart(waiter, 'aborted')
      const stopListening = (): void => signal?.removeEventListener('abort', onAbort)
      const waiter: Waiter<Value> = { resolve, reject, deadlineAtMonotonicMs, stopListening }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiters.add(waiter)
      this.#armFor(deadlineAtMonotonicMs)
    })
  }

  /** Gives `value` to everybody who waits. */
  resolveAll(value: Value): void {
    for (const waiter of this.#emptied()) waiter.resolve(value)
  }

  /** Fails everybody who waits with `error`, the same for all. */
  failAll(error: unknown): void {
    for (const waiter of this.#emptied()) waiter.reject(error)
  }

  #turnAway(departure: Departure): Promise<never> {
    this.#parts.onDeparture(departure)
    return Promise.reject(this.#parts.departureError(departure))
  }

  #emptied(): readonly Waiter<Value>[] {
    const waiters = [...this.#waiters]
    for (const waiter of waiters) this.#remove(waiter)
    this.#disarm()
    return waiters
  }

  #depart(waiter: Waiter<Value>, departure: Departure): void {
    this.#remove(waiter)
    if (this.#waiters.size === 0) this.#disarm()
    waiter.reject(this.#parts.departureError(departure))
    this.#parts.onDeparture(departure)
  }

  #remove(waiter: Waiter<Value>): void {
    this.#waiters.delete(waiter)
    this.#parts.places.taken -= 1
    waiter.stopListening()
  }

  #armFor(atMonotonicMs: number): void {
    if (atMonotonicMs >= this.#timerAtMonotonicMs) return
    this.#disarm()
    this.#timerAtMonotonicMs = atMonotonicMs
    const delayMs = Math.max(0, atMonotonicMs - this.#parts.clock.monotonicMs())
    // Whoever waits wants the process to live until the deadline at least.
    this.#timer = this.#parts.clock.schedule(delayMs, () => this.#look(), {
      keepsProcessAlive: true,
    })
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAtMonotonicMs = Number.POSITIVE_INFINITY
  }

  /** Sends away whoever is past its deadline and arms the timer for the next. */
  #look(): void {
    this.#disarm()
    const nowMonotonicMs = this.#parts.clock.monotonicMs()
    let next = Number.POSITIVE_INFINITY
    for (const waiter of this.#waiters) {
      if (waiter.deadlineAtMonotonicMs <= nowMonotonicMs) this.#depart(waiter, 'deadline_exceeded')
      else next = Math.min(next, waiter.deadlineAtMonotonicMs)
    }
    if (next < Number.POSITIVE_INFINITY) {
      this.#armFor(Math.max(next, nowMonotonicMs + deadlineGranularityMs))
    }
  }
}
