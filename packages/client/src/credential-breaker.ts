/**
 * Keeps quiet after a server said no for good (requirement C7): repeating a wrong secret helps
 * nobody and gets addresses blocked. A circuit opens at the first final failure and is named after
 * what has to change: the credential's fingerprint, the request made with it, or the metadata. A
 * new credential has a new fingerprint, hence no circuit.
 *
 * Invariants
 *  (1) While a circuit is open nothing is sent for its name, but for one probe each time its pause
 *      has passed.
 *  (2) Whoever gets the probe starts the next pause at once, so a second one cannot slip through.
 *  (3) Pauses double from 30 s to 5 min; success removes the circuit.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { Failure } from './failure.ts'
import { circuitsMax, probePauseFirstMs, probePauseMaxMs } from './limits.ts'

interface Circuit {
  readonly failure: Failure
  readonly pauseMs: number
  readonly openUntilMonotonicMs: number
}

/** What an attempt asks of a breaker, be it that of this process or that of a fleet. */
export interface Breaker {
  /** See {@link CredentialBreaker}. */
  refusal(names: readonly string[], nowMonotonicMs: number): MaybePromise<Failure | undefined>
  open(name: string, failure: Failure, nowMonotonicMs: number): MaybePromise<Failure>
  close(name: string): MaybePromise<boolean>
}

/** The circuits of one client. */
export class CredentialBreaker implements Breaker {
  readonly #circuits = new Map<string, Circuit>()

  /**
   * Asks whether a request may be sent that depends on all of `names`.
   *
   * @returns `undefined` when it may, possibly as a probe; otherwise the failure that opened the
   *   circuit, as one that was decided without asking, with the time until the next probe.
   */
  refusal(names: readonly string[], nowMonotonicMs: number): Failure | undefined {
    for (const name of names) {
      const circuit = this.#circuits.get(name)
      if (circuit === undefined || circuit.openUntilMonotonicMs <= nowMonotonicMs) continue
      const retryAfterMs = Math.ceil(circuit.openUntilMonotonicMs - nowMonotonicMs)
      return { ...circuit.failure, retryAfterMs, asked: false }
    }
    for (const name of names) this.#beginProbe(name, nowMonotonicMs)
    return undefined
  }

  /**
   * Opens the circuit `name`, or starts its next and longer pause. Gives the failure with the time
   * until the probe.
   */
  open(name: string, failure: Failure, nowMonotonicMs: number): Failure {
    const previous = this.#circuits.get(name)
    const pauseMs = Math.min(probePauseMaxMs, (previous?.pauseMs ?? probePauseFirstMs / 2) * 2)
    if (previous === undefined && this.#circuits.size >= circuitsMax) this.#dropOldest()
    this.#circuits.set(name, {
      failure,
      pauseMs,
      openUntilMonotonicMs: nowMonotonicMs + pauseMs,
    })
    return { ...failure, retryAfterMs: pauseMs }
  }

  /** Takes over a circuit that another process opened. */
  learn(name: string, failure: Failure, pauseMs: number, openUntilMonotonicMs: number): void {
    if (!this.#circuits.has(name) && this.#circuits.size >= circuitsMax) this.#dropOldest()
    this.#circuits.set(name, { failure, pauseMs, openUntilMonotonicMs })
  }

  /** Removes the circuit `name`. Tells whether there was one. */
  close(name: string): boolean {
    return this.#circuits.delete(name)
  }

  #beginProbe(name: string, nowMonotonicMs: number): void {
    const circuit = this.#circuits.get(name)
    if (circuit === undefined) return
    const openUntilMonotonicMs = nowMonotonicMs + circuit.pauseMs
    this.#circuits.set(name, { ...circuit, openUntilMonotonicMs })
  }

  #dropOldest(): void {
    for (const name of this.#circuits.keys()) {
      this.#circuits.delete(name)
      return
    }
  }
}
