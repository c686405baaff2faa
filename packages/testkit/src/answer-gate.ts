/**
 * What stands between a request and its answer in a scripted server: faults that a test has lined up, and the
 * possibility to keep answers back.
 *
 * Invariants
 *  (1) Each request takes the next scripted fault; when none is left it gets its ordinary answer.
 *  (2) While held, requests are not answered; `release` answers them in the order of arrival.
 */
import type { Responder } from './scripted-transport.ts'

/** The gate of one endpoint. */
export class AnswerGate {
  readonly #faults: Responder[] = []
  readonly #held: (() => void)[] = []
  #isHolding = false

  /** Requests that wait for `release`. */
  get heldCount(): number {
    return this.#held.length
  }

  /** Gives the next fault, or what `answer` gives, once nothing is held back. */
  async pass(request: Request, answer: () => Response | Promise<Response>): Promise<Response> {
    if (this.#isHolding) await new Promise<void>((resolve) => this.#held.push(resolve))
    const fault = this.#faults.shift()
    return fault === undefined ? await answer() : await fault(request)
  }

  /** Uses these faults for the next requests, one each, after those scripted before. */
  fail(...faults: readonly Responder[]): void {
    this.#faults.push(...faults)
  }

  hold(): void {
    this.#isHolding = true
  }

  release(): void {
    this.#isHolding = false
    for (const answer of this.#held.splice(0)) answer()
  }
}
