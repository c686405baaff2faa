/**
 * The first use of a credential: while nobody knows whether the server accepts it, one request finds
 * out for all keys of the client. Without this, keys that start together would each send a wrong
 * secret once before its circuit opens.
 *
 * Invariants
 *  (1) Of a credential that has not been accepted yet, one trial is under way at a time; who comes
 *      meanwhile waits until it is over, for 2 s at most, and then goes on whatever came of it.
 *  (2) Nobody waits for a credential that has been accepted.
 */
import type { Clock } from '@mintmark/runtime'
import { credentialsMax, credentialTrialMsMax } from './limits.ts'
import { TimeLimitExceeded, withinTime } from './time-limit.ts'

/** The trials of one client, by the name of the credential. */
export class CredentialTrials {
  readonly #clock: Clock
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #accepted = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Notes that the server accepts the credential. */
  accept(name: string): void {
    this.#accepted.delete(name)
    this.#accepted.add(name)
    for (const oldest of this.#accepted) {
      if (this.#accepted.size <= credentialsMax) break
      this.#accepted.delete(oldest)
    }
  }

  /** Notes that the server refuses the credential. */
  refuse(name: string): void {
    this.#accepted.delete(name)
  }

  /**
   * Does `work`, which uses the credential, as its trial or after that of somebody else. Rejects as
   * `work` does, or with the reason of `signal`.
   */
  async inTurn<Value>(
    name: string,
    signal: AbortSignal,
    work: () => Promise<Value>,
  ): Promise<Value> {
    if (this.#accepted.has(name)) return work()
    const trial = this.#underWay.get(name)
    if (trial !== undefined) {
      await this.#end(trial, signal)
      return work()
    }
    const outcome = work()
    const settled = (): void => undefined
    this.#underWay.set(name, outcome.then(settled, settled))
    try {
      return await outcome
    } finally {
      this.#underWay.delete(name)
    }
  }

  async #end(trial: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await withinTime(this.#clock, credentialTrialMsMax, signal, () => trial)
    } catch (error) {
      if (!(error instanceof TimeLimitExceeded)) throw error
    }
  }
}
