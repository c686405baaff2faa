/**
 * A budget for token requests, for servers that charge for them or count them (requirement C16):
 * so many in an hour, so many in a day. A program that asks for a new scope with every call shows
 * here first.
 *
 * Windows are fixed: one begins with the first request after the last one has ended, on the
 * monotonic clock. With a shared store the whole fleet has one budget, whose windows are those of the
 * store's clock; while the store is away, each process has it for itself.
 *
 * Invariants
 *  (1) A budget that is enforced refuses what goes beyond it, but never the renewal of a token that
 *      is due: whoever has a token keeps it. There are at most ten of those per lifetime and key.
 *  (2) A refused request is not counted.
 *  (3) Each window tells once that it is nearly spent, and once that it is.
 */
import type { Clock } from '@mintmark/runtime'
import type { Report } from './events.ts'
import type { Failure } from './failure.ts'
import { mintNearShare, retryAfterMsMax } from './limits.ts'
import type { MintWindow } from './shared-store/shared-store.ts'
import type { FleetMember } from './shared-store/token-store.ts'

/** How many token requests a client may send. */
export interface MintBudget {
  readonly windows: readonly MintWindow[]
  readonly isEnforced: boolean
}

/** What counting needs. */
export interface MintCounterParts {
  readonly clock: Clock
  readonly report: Report
  readonly budget: MintBudget
  /** Counts for the whole fleet; `undefined` for a process on its own. */
  readonly fleet: Pick<FleetMember, 'spend'> | undefined
}

interface OpenWindow extends MintWindow {
  readonly endsAtMonotonicMs: number
  readonly spent: number
}

/** What the requests of one client are counted by. */
export class MintCounter {
  readonly #parts: MintCounterParts
  #windows: readonly OpenWindow[]

  constructor(parts: MintCounterParts) {
    this.#parts = parts
    this.#windows = parts.budget.windows.map((window) => ({
      ...{ ...window, spent: 0, endsAtMonotonicMs: Number.NEGATIVE_INFINITY },
    }))
  }

  /**
   * Counts one request that is about to be sent.
   *
   * @param isDueRenewal - Whether it is to replace a token that is still in hand.
   * @returns The failure with which it is refused; `undefined` when it may be sent.
   */
  async spend(isDueRenewal: boolean): Promise<Failure | undefined> {
    const { fleet, budget, clock } = this.#parts
    const shared = await fleet?.spend('mint', budget.windows)
    // From here on nothing is awaited, so that no other request is counted in between.
    const own = this.#opened()
    const counts = shared ?? own.map(({ spent }) => spent + 1)
    const full = own.filter(({ limit }, index) => (counts[index] ?? 0) > limit)
    if (full.length > 0 && budget.isEnforced && !isDueRenewal) {
      const waitsMs = full.map(shared === undefined ? endOfOwn(clock) : endOfShared(clock))
      const retryAfterMs = Math.min(retryAfterMsMax, Math.ceil(Math.max(...waitsMs)))
      return { code: 'mint_budget_spent', asked: false, retryAfterMs }
    }
    this.#windows = own.map((window) => ({ ...window, spent: window.spent + 1 }))
    this.#tell(counts)
    return undefined
  }

  /** The windows as of now. */
  #opened(): readonly OpenWindow[] {
    const now = this.#parts.clock.monotonicMs()
    return this.#windows.map((window) =>
      window.endsAtMonotonicMs > now
        ? window
        : { ...window, spent: 0, endsAtMonotonicMs: now + window.windowSeconds * 1000 },
    )
  }

  #tell(counts: readonly number[]): void {
    const { budget, report } = this.#parts
    const { isEnforced } = budget
    for (const [index, { windowSeconds, limit }] of budget.windows.entries()) {
      const spent = counts[index]
      const told = { windowSeconds, limit, isEnforced }
      if (spent === limit) report({ type: 'mint_budget_spent', ...told })
      else if (spent === nearlySpent(limit)) report({ type: 'mint_budget_near', ...told })
    }
  }
}

function nearlySpent(limit: number): number {
  return Math.ceil(limit * mintNearShare)
}

/** How long until a window ends, in milliseconds. */
type TimeLeft = (window: OpenWindow) => number

function endOfOwn(clock: Clock): TimeLeft {
  const now = clock.monotonicMs()
  return ({ endsAtMonotonicMs }) => endsAtMonotonicMs - now
}

/** A store's windows are counted from 1970. Its clock is taken to be ours: this is a hint, no more. */
function endOfShared(clock: Clock): TimeLeft {
  const now = clock.wallMs()
  return ({ windowSeconds }) => windowSeconds * 1000 - (now % (windowSeconds * 1000))
}
