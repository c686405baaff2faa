/**
 * Tokens for calls that want more life than the token in hand may have left (requirement C2).
 *
 * Where the renewal fails, or takes longer than the caller waits, the token in hand is given as long
 * as it is good: no call fails for a wish.
 */
import type { AccessToken } from './access-token.ts'
import type { AttemptPacing } from './attempt-pacing.ts'
import type { ClockReading } from './clock-reading.ts'
import type { Report, TokenRequestLabel } from './events.ts'
import type { HeldToken } from './held-token.ts'
import type { KeyFlights } from './key-flights.ts'
import { type LifetimeFloor, STREAM_FLOOR } from './lifetime-floor.ts'
import type { Patience } from './patience.ts'

/** What this needs of the source of one key. */
export interface LongerLivedTokensParts {
  readonly label: TokenRequestLabel
  readonly report: Report
  readonly flights: KeyFlights
  readonly pacing: AttemptPacing
  /** Both clocks, on behalf of a caller. */
  readonly look: () => ClockReading
  /** The token in hand, if it is good. */
  readonly usable: (now: ClockReading) => HeldToken | undefined
  /** Waits for a token where there is none. */
  readonly wait: (now: ClockReading, patience: Patience) => Promise<AccessToken>
}

/** The longer-lived tokens of one key. */
export class LongerLivedTokens {
  readonly #parts: LongerLivedTokensParts
  #hasTold = false

  constructor(parts: LongerLivedTokensParts) {
    this.#parts = parts
  }

  /** A token that has what `floor` asks for, if there is one to be had; otherwise a good one. */
  async token(floor: LifetimeFloor, patience: Patience): Promise<AccessToken> {
    const { look, usable, wait } = this.#parts
    const now = look()
    const first = usable(now)?.token ?? (await wait(now, patience))
    // A flight that set out for less may bring less: then one more.
    const second = (await this.#renewed(floor, patience)) ?? first
    return (await this.#renewed(floor, patience)) ?? second
  }

  /**
   * `undefined` when the token in hand has what `floor` asks for, or there is no better one to be
   * had now.
   */
  async #renewed(floor: LifetimeFloor, patience: Patience): Promise<AccessToken | undefined> {
    const { look, usable, flights, pacing } = this.#parts
    const now = look()
    const held = usable(now)
    if (held === undefined || now.monotonicMs >= patience.deadlineAtMonotonicMs) return undefined
    const floorMs = held.floorMs(floor)
    if (floorMs < floor.wantedMs) this.#tell(floor, floorMs)
    if (held.leftMs(now) >= floorMs) return undefined
    const isPaused = now.monotonicMs < pacing.backgroundOpensAtMonotonicMs
    if (flights.current === undefined && isPaused) return undefined
    const flight =
      flights.current ??
      flights.launch({ trigger: 'too_short', isBackground: false, minTtlSeconds: floorMs / 1000 })
    try {
      return await flight.wait(patience)
    } catch (error) {
      const isGone = patience.signal?.aborted === true
      if (isGone || usable(look()) === undefined) throw error
      return undefined
    }
  }

  #tell(floor: LifetimeFloor, floorMs: number): void {
    if (this.#hasTold || floor === STREAM_FLOOR) return
    this.#hasTold = true
    const { label: request, report } = this.#parts
    const [wantedSeconds, achievableSeconds] = [floor.wantedMs / 1000, floorMs / 1000]
    report({
      type: 'lifetime_floor_unreachable',
      ...{ request, wantedSeconds, achievableSeconds },
    })
  }
}
