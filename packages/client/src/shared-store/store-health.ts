/**
 * The way to the shared store: every operation has a deadline, and a store that failed is left alone for a while
 * (requirement C8). A store in trouble is never an error for anybody: whoever asks is told to go on without it.
 *
 * Invariants
 *  (1) No operation takes longer than its deadline, and none rejects.
 *  (2) After a failure nothing is sent until a probe has succeeded. Probes are made one at a time, by a timer that
 *      keeps no process alive, after pauses that double from 1 s to 30 s.
 *  (3) An outage is told once when it begins and once when it is over, however many operations it hit.
 */
import { type Clock, type RandomSource, type Scheduled, uniform } from '@mintmark/runtime'
import type { Report, StoreTrouble } from '../events.ts'
import { storeGraceMs, storePauseFirstMs, storePauseMaxMs, storePauseSpread } from '../limits.ts'
import { TimeLimitExceeded } from '../time-limit.ts'
import type { SharedStore } from './shared-store.ts'

/** What an operation gave, or that there is no store at the moment. */
export type StoreAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false }

/** One operation. `name` is the one it is about. */
export interface StoreOperation<Value> {
  readonly name: string
  readonly run: (driver: SharedStore) => Promise<Value>
  /** Told of a value that came after the deadline; what it still has to do it does whatever the state of the store. */
  readonly onLate?: (value: Value, driver: SharedStore) => Promise<void>
}

/** What watching over a store needs. */
export interface StoreHealthParts {
  readonly driver: SharedStore
  readonly clock: Clock
  readonly random: RandomSource
  readonly report: Report
  readonly deadlineMs: number
  /** Told when the store is back. */
  readonly onRecovered: () => void
}

interface Outage {
  readonly beganAtMonotonicMs: number
  readonly name: string
  readonly pauseMs: number
  readonly probe: Scheduled
}

const AWAY = { ok: false } as const

/** The store as one client sees it. */
export class StoreHealth {
  readonly #parts: StoreHealthParts
  #outage: Outage | undefined
  #isEnded = false

  constructor(parts: StoreHealthParts) {
    this.#parts = parts
  }

  /** Makes an operation, unless the store is away. Never rejects. */
  async attempt<Value>(operation: StoreOperation<Value>): Promise<StoreAnswer<Value>> {
    if (this.#outage !== undefined || this.#isEnded) return AWAY
    try {
      return { ok: true, value: await this.#withinTime(operation) }
    } catch (error) {
      this.#noteFailure(operation.name, error)
      return AWAY
    }
  }

  /** Ends the probes. From then on there is no store. */
  end(): void {
    this.#isEnded = true
    this.#outage?.probe.cancel()
  }

  /** Operations under way when the first one fails may fail as well: they belong to the same outage. */
  #noteFailure(name: string, error: unknown): void {
    if (this.#outage !== undefined || this.#isEnded) return
    const { clock, report } = this.#parts
    const reason: StoreTrouble = error instanceof TimeLimitExceeded ? 'timed_out' : 'failed'
    this.#leaveAlone(clock.monotonicMs(), name, storePauseFirstMs)
    report({ type: 'store_unavailable', reason })
  }

  #leaveAlone(beganAtMonotonicMs: number, name: string, pauseMs: number): void {
    const { clock, random } = this.#parts
    const spreadMs = pauseMs * (1 + storePauseSpread * uniform(random))
    const probe = clock.schedule(spreadMs, () => void this.#probe())
    this.#outage = { beganAtMonotonicMs, name, pauseMs, probe }
  }

  /** Asks for the very record that could not be had: in a cluster another one may live on a node that is well. */
  async #probe(): Promise<void> {
    const outage = this.#outage
    if (outage === undefined) return
    const { name, beganAtMonotonicMs } = outage
    try {
      await this.#withinTime({ name, run: (driver) => driver.read(name) })
    } catch {
      if (this.#isEnded) return
      const pauseMs = Math.min(storePauseMaxMs, outage.pauseMs * 2)
      this.#leaveAlone(beganAtMonotonicMs, name, pauseMs)
      return
    }
    if (this.#isEnded) return
    this.#outage = undefined
    const awaySeconds = (this.#parts.clock.monotonicMs() - beganAtMonotonicMs) / 1000
    this.#parts.report({ type: 'store_recovered', awaySeconds })
    this.#parts.onRecovered()
  }

  #withinTime<Value>({ run, onLate }: StoreOperation<Value>): Promise<Value> {
    const { clock, driver, deadlineMs } = this.#parts
    return new Promise((resolve, reject) => {
      let isLate = false
      const expire = (): void => {
        isLate = true
        reject(new TimeLimitExceeded())
      }
      let timer = clock.schedule(deadlineMs, () => {
        timer = clock.schedule(storeGraceMs, expire)
      })
      const work = async (): Promise<Value> => run(driver)
      work().then(
        (value) => {
          timer.cancel()
          if (isLate) onLate?.(value, driver).catch(() => undefined)
          else resolve(value)
        },
        (error: unknown) => {
          timer.cancel()
          reject(error)
        },
      )
    })
  }
}
