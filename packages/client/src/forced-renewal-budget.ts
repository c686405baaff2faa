/**
 * A budget for renewals forced by 401 answers, so that an API that always says 401 cannot burn the
 * token endpoint (requirement C6): five at once, and one more every five minutes.
 *
 * Invariant: in any stretch of time t, at most 5 + t / 5 min are spent. Kept as the instant at
 * which the budget would be whole again, so that no timer and no list is needed.
 */
import { forcedRenewalPauseMs, forcedRenewalsMax } from './limits.ts'

/** The budget of one key. */
export class ForcedRenewalBudget {
  #wholeAtMonotonicMs = Number.NEGATIVE_INFINITY

  /** Whether one may be spent now. */
  hasLeft(nowMonotonicMs: number): boolean {
    const untilWholeMs = this.#wholeAtMonotonicMs - nowMonotonicMs
    return untilWholeMs <= (forcedRenewalsMax - 1) * forcedRenewalPauseMs
  }

  /** Spends one. */
  spend(nowMonotonicMs: number): void {
    const wholeAt = Math.max(this.#wholeAtMonotonicMs, nowMonotonicMs)
    this.#wholeAtMonotonicMs = wholeAt + forcedRenewalPauseMs
  }
}
