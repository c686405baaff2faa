/**
 * What one key is held back by after a failure, in this process and in its fleet. Pure bookkeeping.
 *
 * A failure that would meet every process alike holds back all of them, for pauses that double from 250 ms to 5 s. A
 * final failure depends on the credential, which another process may have changed: it holds back this process alone,
 * for a moment. A connection that broke holds back nobody, since the next attempt may find another one.
 */
import { type Failure, type FailureCode, isFailureCode, isFinal } from '../failure.ts'
import { finalHoldMs, sharedPauseFirstMs, sharedPauseMaxMs } from '../limits.ts'
import type { SharedCircuit } from './shared-store.ts'

interface Pause {
  readonly failure: Failure
  readonly untilMonotonicMs: number
}

const sharedCodes: ReadonlySet<FailureCode> = new Set([
  'timed_out',
  'server_unavailable',
  'response_not_conforming',
  'rate_limited',
])

/** The pause of one key. */
export class KeyPause {
  #pause: Pause | undefined
  #previousMs = 0

  /** The failure that answers for an attempt made now; `undefined` when one may be made. */
  refusal(nowMonotonicMs: number): Failure | undefined {
    const pause = this.#pause
    if (pause === undefined || pause.untilMonotonicMs <= nowMonotonicMs) return undefined
    const leftMs = Math.ceil(pause.untilMonotonicMs - nowMonotonicMs)
    const retryAfterMs = Math.max(leftMs, pause.failure.retryAfterMs ?? 0)
    return { ...pause.failure, retryAfterMs, asked: false }
  }

  /**
   * Takes note of a failure of this process.
   *
   * @returns How long the whole fleet is to pause; `undefined` when it is not.
   */
  failed(failure: Failure, nowMonotonicMs: number): number | undefined {
    if (isFinal(failure.code)) this.#begin(failure, nowMonotonicMs, finalHoldMs)
    if (failure.asked === false || !sharedCodes.has(failure.code)) return undefined
    const firstMs = sharedPauseFirstMs / 2
    this.#previousMs = Math.min(sharedPauseMaxMs, Math.max(firstMs, this.#previousMs) * 2)
    this.#begin(failure, nowMonotonicMs, this.#previousMs)
    return this.#previousMs
  }

  /** Takes note of a pause that another process began, or ended. */
  hear(circuit: SharedCircuit | undefined, nowMonotonicMs: number): void {
    if (circuit === undefined) this.succeeded()
    if (circuit === undefined || !isFailureCode(circuit.code)) return
    this.#previousMs = Math.min(sharedPauseMaxMs, circuit.pauseMs)
    const pauseMs = Math.min(sharedPauseMaxMs, circuit.remainingMs)
    this.#begin({ code: circuit.code }, nowMonotonicMs, pauseMs)
  }

  /** There is a token: the pauses are over. */
  succeeded(): void {
    this.#pause = undefined
    this.#previousMs = 0
  }

  #begin(failure: Failure, nowMonotonicMs: number, pauseMs: number): void {
    this.#pause = { failure, untilMonotonicMs: nowMonotonicMs + pauseMs }
  }
}
