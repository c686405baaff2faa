/** A token in hand, with what has to be known about it to decide over its renewal. */
import type { AccessToken } from './access-token.ts'
import type { GrantedToken } from './granted-token.ts'
import { replacementTrialMs } from './limits.ts'

/** A token in hand. */
export class HeldToken {
  readonly token: AccessToken
  /** The promise that callers get: settled, and the same for all, so that a hit makes none. */
  readonly settled: Promise<AccessToken>
  /** From here on the token is not given out. */
  readonly hardExpiryMonotonicMs: number
  /** Until here there is nothing to decide. Never after the hard expiry. */
  quietUntilMonotonicMs: number
  /** Whether a resource server has accepted it. */
  wasAccepted = false
  readonly #replacesRefused: boolean
  readonly #arrivedAtMonotonicMs: number

  /**
   * @param replacesRefused - Whether it was asked for because a resource server refused the one
   * before.
   */
  constructor({ token, schedule, arrivedAtMonotonicMs }: GrantedToken, replacesRefused: boolean) {
    this.token = token
    this.settled = Promise.resolve(token)
    this.hardExpiryMonotonicMs = schedule.hardExpiryMonotonicMs
    this.quietUntilMonotonicMs = schedule.renewAtMonotonicMs
    this.#replacesRefused = replacesRefused
    this.#arrivedAtMonotonicMs = arrivedAtMonotonicMs
  }

  /** Leaves the token alone until then, or until its hard expiry if that comes first. */
  quietUntil(monotonicMs: number): void {
    this.quietUntilMonotonicMs = Math.min(monotonicMs, this.hardExpiryMonotonicMs)
  }

  /**
   * Whether it is on trial: it replaced a refused token moments ago, and nobody has accepted it
   * yet.
   */
  isUnprovenReplacement(nowMonotonicMs: number): boolean {
    if (!this.#replacesRefused || this.wasAccepted) return false
    return nowMonotonicMs - this.#arrivedAtMonotonicMs < replacementTrialMs
  }
}
