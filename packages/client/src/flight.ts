/**
 * One piece of work that several callers wait for. The work has its own lifetime: it belongs to no
 * caller.
 *
 * Invariants
 *  (1) A caller that leaves takes nobody with it.
 *  (2) When the last caller aborts, the work is aborted. A caller that merely ran out of time
 *      leaves the work running: otherwise callers with short deadlines and a slow server would
 *      never get a token.
 *  (3) Work started in the background is aborted by nobody but `abort`.
 *  (4) The outcome is given to those who wait at that moment. It is never an unhandled rejection:
 *      the work's promise always has both its ends taken.
 *  (5) A flight ends once; `onEnd` is called once, before anybody hears of the outcome.
 */
import type { Patience } from './patience.ts'
import { type Departure, WaitingLine, type WaitingLineParts } from './waiting-line.ts'

/** How a flight ended. */
export type FlightEnd<Value> =
  | { readonly end: 'succeeded'; readonly value: Value }
  | { readonly end: 'failed'; readonly error: unknown }
  | { readonly end: 'abandoned' }

/** What a flight needs. */
export interface FlightParts<Value> extends Omit<WaitingLineParts, 'onDeparture'> {
  /** The work. Should end soon after its signal aborts; what it does afterwards is ignored. */
  readonly work: (signal: AbortSignal, flight: Flight<Value>) => Promise<Value>
  /** Whether nobody waits for it to begin with. */
  readonly isBackground: boolean
  /** Told when the flight is over. */
  readonly onEnd: (end: FlightEnd<Value>) => void
}

/** Work under way. */
export class Flight<Value> {
  readonly #controller = new AbortController()
  readonly #line: WaitingLine<Value>
  readonly #onEnd: FlightParts<Value>['onEnd']
  #isKept: boolean
  #isOver = false

  constructor(parts: FlightParts<Value>) {
    this.#isKept = parts.isBackground
    this.#onEnd = parts.onEnd
    this.#line = new WaitingLine({ ...parts, onDeparture: (why) => this.#afterDeparture(why) })
    void this.#run(parts.work)
  }

  /** How many callers wait. */
  get waiters(): number {
    return this.#line.length
  }

  /** Waits for the outcome. */
  wait(patience: Patience): Promise<Value> {
    return this.#line.wait(patience)
  }

  /**
   * Ends the flight from outside: the work is aborted, and everybody who waits fails with `error`.
   */
  abort(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#controller.abort(error)
    this.#onEnd({ end: 'abandoned' })
    this.#line.failAll(error)
  }

  async #run(work: FlightParts<Value>['work']): Promise<void> {
    // Whoever makes the flight takes note of it and joins before the work begins, and may be turned
    // away.
    await undefined
    if (this.#isOver) return
    try {
      this.#end({ end: 'succeeded', value: await work(this.#controller.signal, this) })
    } catch (error) {
      this.#end({ end: 'failed', error })
    }
  }

  #end(end: FlightEnd<Value>): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onEnd(end)
    if (end.end === 'succeeded') this.#line.resolveAll(end.value)
    if (end.end === 'failed') this.#line.failAll(end.error)
  }

  #afterDeparture(departure: Departure): void {
    if (departure === 'deadline_exceeded') this.#isKept = true
    if (this.#line.length > 0 || this.#isKept || this.#isOver) return
    this.#isOver = true
    this.#controller.abort()
    this.#onEnd({ end: 'abandoned' })
  }
}
