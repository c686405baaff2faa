/**
 * Callers that wait for one outcome, each with its own deadline and signal (requirement C5).
 *
 * Invariants
 *  (1) Every waiter is settled exactly once: by the outcome, its deadline, its signal, or not being
 *      let in.
 *  (2) One timer at most, however many wait. It is armed for the earliest deadline, but not within
 *      10 ms of the last look. Deadlines of callers without a signal are rounded up to 10 ms. So a
 *      waiter may wait up to 20 ms past its deadline, and never less than up to it.
 *  (3) The places of all lines of a client are counted together; when they are taken, a caller is
 *      turned away at once.
 *  (4) When nothing waits, no timer, no listener and no place is held.
 *  (5) Callers that nothing tells apart share one promise: a hundred thousand of them cost as much
 *      as one.
 */
import type { Clock, Scheduled } from '@mintmark/runtime'
import { deadlineGranularityMs } from './limits.ts'
import type { Patience } from './patience.ts'
import { SignalListeners } from './signal-listeners.ts'

/** The places for waiting callers, shared by all lines of a client. */
export interface WaitingPlaces {
  taken: number
  readonly max: number
}

/** Why a waiter left without an outcome. */
export type Departure = 'deadline_exceeded' | 'aborted' | 'too_many_waiters'

/** One caller with a signal of its own, or any number without. */
interface Waiter<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
  readonly deadlineAtMonotonicMs: number
  readonly stopListening: (() => void) | undefined
  callers: number
}

/** The waiter that callers without a signal share, as long as their deadlines round to the same. */
interface Party<Value> {
  readonly waiter: Waiter<Value>
  readonly promise: Promise<Value>
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
  readonly #signals = new SignalListeners()
  #party: Party<Value> | undefined
  #length = 0
  #timer: Scheduled | undefined
  #timerAtMonotonicMs = Number.POSITIVE_INFINITY

  constructor(parts: WaitingLineParts) {
    this.#parts = parts
  }

  /** How many wait. */
  get length(): number {
    return this.#length
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
    this.#length += 1
    if (signal !== undefined) return this.#waitAlone(deadlineAtMonotonicMs, signal)
    const { waiter, promise } = this.#partyUntil(deadlineAtMonotonicMs)
    waiter.callers += 1
    return promise
  }

  /** Gives `value` to everybody who waits. */
  resolveAll(value: Value): void {
    for (const waiter of this.#emptied()) waiter.resolve(value)
  }

  /** Fails everybody who waits with `error`, the same for all. */
  failAll(error: unknown): void {
    for (const waiter of this.#emptied()) waiter.reject(error)
  }

  #waitAlone(deadlineAtMonotonicMs: number, signal: AbortSignal): Promise<Value> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#depart(waiter, 'aborted')
      const stopListening = this.#signals.add(signal, onAbort)
      const callbacks = { resolve, reject, stopListening }
      const waiter: Waiter<Value> = { ...callbacks, deadlineAtMonotonicMs, callers: 1 }
      this.#admit(waiter)
    })
  }

  #partyUntil(wantedMonotonicMs: number): Party<Value> {
    const deadlineAtMonotonicMs =
      Math.ceil(wantedMonotonicMs / deadlineGranularityMs) * deadlineGranularityMs
    const party = this.#party
    if (party?.waiter.deadlineAtMonotonicMs === deadlineAtMonotonicMs) return party
    const { promise, ...callbacks } = promiseInHand<Value>()
    const waiter = { ...callbacks, deadlineAtMonotonicMs, stopListening: undefined, callers: 0 }
    this.#party = { waiter, promise }
    this.#admit(waiter)
    return this.#party
  }

  #admit(waiter: Waiter<Value>): void {
    this.#waiters.add(waiter)
    this.#armFor(waiter.deadlineAtMonotonicMs)
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
    if (this.#party?.waiter === waiter) this.#party = undefined
    this.#parts.places.taken -= waiter.callers
    this.#length -= waiter.callers
    waiter.stopListening?.()
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

/** `Promise.withResolvers`, which Node 20 does not have. */
function promiseInHand<Value>() {
  let resolve: (value: Value) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}
