/**
 * A token in hand: how old it is by the two clocks, and when somebody has to look at it next
 * (requirement C2).
 *
 * Monotonic time stands still while a machine is suspended or a virtual one is frozen; wall time
 * does not. A token is as old as the clock says that is further on. So a suspended machine never
 * attaches what expired meanwhile, and a wall clock that is stepped forward makes a token older, at
 * the cost of one early renewal: the next token begins with the clocks as they are then. A wall
 * clock that is stepped back makes no token younger.
 *
 * Between two looks at both clocks the wall clock alone is read, because each reading costs as much
 * as all the rest of a call.
 *
 * Invariants
 *  (1) While `isQuietAt` there is nothing to decide: neither renewal nor expiry is due by either
 *      clock, but for a step of the wall clock that no look has seen yet.
 *  (2) Such a step is shorter than the time between two looks, which is a second at most and half
 *      of the safety margin at most. So it never carries a token past the end of its lifetime.
 *  (3) A longer step, in either direction, ends the quiet at the next call.
 */
import type { AccessToken } from './access-token.ts'
import type { ClockReading } from './clock-reading.ts'
import type { GrantedToken } from './granted-token.ts'
import { floorOf, type LifetimeFloor } from './lifetime-floor.ts'
import { clockLookMarginShare, clockLookMs } from './limits.ts'

/** A token in hand. */
export class HeldToken {
  readonly token: AccessToken
  /** The promise that callers get: settled, and the same for all, so that a hit makes none. */
  readonly settled: Promise<AccessToken>
  readonly arrivedAtMonotonicMs: number
  readonly hardExpiryMonotonicMs: number
  /** Whether it was asked for because a resource server refused the one before. */
  readonly replacesRefused: boolean
  /** Whether a resource server has accepted it. */
  wasAccepted = false
  readonly #lookMs: number
  #decideAtMonotonicMs: number
  /** How far the wall clock is ahead of the monotonic one; the least that was seen since the arrival. */
  #leadMs: number
  #quietFromWallMs = Number.POSITIVE_INFINITY
  #quietUntilWallMs = Number.NEGATIVE_INFINITY

  constructor(granted: GrantedToken, replacesRefused: boolean, now: ClockReading) {
    const { schedule, arrivedAtMonotonicMs, lifetimeSeconds } = granted
    this.token = granted.token
    this.settled = Promise.resolve(granted.token)
    this.arrivedAtMonotonicMs = arrivedAtMonotonicMs
    this.hardExpiryMonotonicMs = schedule.hardExpiryMonotonicMs
    this.replacesRefused = replacesRefused
    const endsAtMonotonicMs = arrivedAtMonotonicMs + lifetimeSeconds * 1000
    const marginMs = endsAtMonotonicMs - schedule.hardExpiryMonotonicMs
    this.#lookMs = Math.min(clockLookMs, marginMs * clockLookMarginShare)
    this.#decideAtMonotonicMs = schedule.renewAtMonotonicMs
    this.#leadMs = now.wallMs - now.monotonicMs
  }

  /** Whether there is nothing to decide. The whole of what a call with a token costs. */
  isQuietAt(nowWallMs: number): boolean {
    return nowWallMs >= this.#quietFromWallMs && nowWallMs < this.#quietUntilWallMs
  }

  /** Lets calls pass unexamined until the next look, or the next decision if that comes first. */
  beQuiet(now: ClockReading): void {
    const untilDecisionMs = this.#decideAtMonotonicMs - this.#later(now)
    this.#quietFromWallMs = now.wallMs
    // Wall time has no fractions: rounding down keeps the instant of the decision exact.
    this.#quietUntilWallMs = Math.floor(now.wallMs + Math.min(untilDecisionMs, this.#lookMs))
  }

  /** How long it may still be given out; 0 or less: not any more. */
  leftMs(now: ClockReading): number {
    return this.hardExpiryMonotonicMs - this.#later(now)
  }

  /** Whether a renewal, or the hard expiry, is due. */
  isDue(now: ClockReading): boolean {
    return this.#later(now) >= this.#decideAtMonotonicMs
  }

  /** When the next decision is due on the monotonic clock, if the wall clock says no other. */
  get decideAtMonotonicMs(): number {
    return this.#decideAtMonotonicMs
  }

  /** Leaves it alone until then, or until its hard expiry if that comes first. */
  quietUntil(monotonicMs: number): void {
    this.#decideAtMonotonicMs = Math.min(monotonicMs, this.hardExpiryMonotonicMs)
    this.#quietUntilWallMs = Number.NEGATIVE_INFINITY
  }

  /** What `floor` asks of it, in milliseconds. */
  floorMs(floor: LifetimeFloor): number {
    return floorOf(floor, this.hardExpiryMonotonicMs - this.arrivedAtMonotonicMs)
  }

  /** Monotonic time, moved on by what the wall clock has gained since the arrival. */
  #later({ monotonicMs, wallMs }: ClockReading): number {
    const leadMs = wallMs - monotonicMs
    if (leadMs < this.#leadMs) this.#leadMs = leadMs
    return monotonicMs + (leadMs - this.#leadMs)
  }
}
