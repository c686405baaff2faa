/**
 * The life of one token: kept while it is good, renewed ahead of its end, replaced when a resource
 * server refuses it.
 *
 * Invariants
 *  (1) A token is never given out at or after its hard expiry, by either clock (`held-token.ts`).
 *  (2) At most one flight per source, so at most one token request under way.
 *  (3) While the token is good nobody waits but a call that asks for more life than it has left,
 *      and no failure reaches a caller: a failed renewal leaves the token in place. It is replaced
 *      only by a success, and dropped only by its expiry, a refusal or on request.
 *  (4) While the token is quiet there is nothing to decide: the settled promise is given as it is.
 *  (5) No request is sent before the pauses are over that failures and the server imposed. A caller
 *      whose deadline comes first fails at once, with the time to wait.
 */
import type { Clock } from '@mintmark/runtime'
import type { AccessToken } from './access-token.ts'
import { type AcquisitionParts, acquireToken } from './acquisition.ts'
import { AttemptPacing, type AttemptPacingParts } from './attempt-pacing.ts'
import { type ClockReading, readClocks } from './clock-reading.ts'
import type { Flight } from './flight.ts'
import { ForcedRenewalBudget } from './forced-renewal-budget.ts'
import type { GrantedToken } from './granted-token.ts'
import { HeldToken } from './held-token.ts'
import { KeyFlights, type KeyFlightsParts } from './key-flights.ts'
import { explicitFloor, type LifetimeFloor } from './lifetime-floor.ts'
import { keyInUseMs } from './limits.ts'
import { LongerLivedTokens } from './longer-lived-tokens.ts'
import { type Patience, patienceOf } from './patience.ts'
import type { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { Slot } from './token-cache.ts'
import type { TokenCallOptions } from './token-call-options.ts'
import type { RefusedToken } from './unauthorized-decision.ts'
import { WarmTimer } from './warm-timer.ts'

/** What a source needs. */
export interface TokenSourceParts
  extends AttemptPacingParts,
    Pick<AcquisitionParts, 'label' | 'report' | 'obtain'>,
    Pick<KeyFlightsParts, 'places' | 'nextFlightNumber'> {
  /** Told of a token that a resource server refused. */
  readonly onRefused: (token: {
    readonly fingerprint: string
    readonly remainingMs: number
  }) => void
  /** Told when the cache has let go of it. */
  readonly onRetired: () => void
  readonly deadlineMs: number
  /** Whether to renew when nobody asks. */
  readonly keepsWarm: boolean
}

/** The source of the tokens of one key. */
export class TokenSource implements Slot {
  readonly #parts: TokenSourceParts
  readonly #clock: Clock
  readonly #pacing: AttemptPacing
  readonly #flights: KeyFlights
  readonly #longerLived: LongerLivedTokens
  readonly #warmTimer: WarmTimer | undefined
  readonly #forcedRenewals = new ForcedRenewalBudget()
  readonly #madeAtMonotonicMs: number
  #held: HeldToken | undefined
  #ended: TokenAcquisitionError | undefined
  #refusedFingerprint: string | undefined
  #isKeptWarm = false
  #askedAtMonotonicMs = Number.NEGATIVE_INFINITY
  /** Whether the cache has let go of it. */
  isRetired = false

  constructor(parts: TokenSourceParts) {
    const { clock } = parts
    this.#parts = parts
    this.#clock = clock
    this.#madeAtMonotonicMs = clock.monotonicMs()
    this.#pacing = new AttemptPacing(parts)
    if (parts.keepsWarm) this.#warmTimer = new WarmTimer(clock, () => this.#wake())
    const acquisition: AcquisitionParts = {
      ...parts,
      pacing: this.#pacing,
      held: () => this.#held,
      knownFingerprint: () => this.#held?.token.fingerprint ?? this.#refusedFingerprint,
      keep: (granted) => this.#keep(granted),
    }
    this.#flights = new KeyFlights({
      ...parts,
      acquire: (flight, signal) => acquireToken(acquisition, flight, signal),
      onEnd: () => this.#armWarmTimer(),
    })
    this.#longerLived = new LongerLivedTokens({
      ...parts,
      ...{ pacing: this.#pacing, flights: this.#flights },
      look: () => this.#look(),
      usable: (now) => this.#usable(now),
      wait: (now, patience) => this.#wait(now, patience),
    })
  }

  /** See `TokenClient.token`. */
  token(options?: TokenCallOptions): Promise<AccessToken> {
    const held = this.#held
    if (held !== undefined && options === undefined && held.isQuietAt(this.#clock.wallMs())) {
      return held.settled
    }
    return this.#consideredToken(options)
  }

  /**
   * See `TokenClient.currentToken`.
   *
   * @param floor - With one, a token that has less life left is not given.
   */
  currentToken(floor?: LifetimeFloor): AccessToken | undefined {
    const held = this.#held
    if (held !== undefined && floor === undefined && held.isQuietAt(this.#clock.wallMs())) {
      return held.token
    }
    const now = this.#look()
    const usable = this.#usable(now)
    if (usable === undefined || floor === undefined) return usable?.token
    return usable.leftMs(now) >= usable.floorMs(floor) ? usable.token : undefined
  }

  /** A token with the life left that `floor` asks for, after a renewal if need be. */
  async tokenAbove(floor: LifetimeFloor, options: TokenCallOptions = {}): Promise<AccessToken> {
    return this.#longerLived.token(floor, this.#patience(this.#look(), options))
  }

  /** Whether a call made now would find a token. Unlike a call, starts nothing. */
  get isReady(): boolean {
    return this.#leftMs(readClocks(this.#clock)) > 0
  }

  /** Whether a token request is under way. */
  get isBusy(): boolean {
    return this.#flights.current !== undefined
  }

  /** See `Slot`. */
  get lastUsedMonotonicMs(): number {
    return Math.max(this.#madeAtMonotonicMs, this.#askedAtMonotonicMs)
  }

  /**
   * How long calls go on without the token endpoint, in milliseconds: 0 without a token,
   * `undefined` when nobody uses this key.
   */
  get outageBudgetMs(): number | undefined {
    const now = readClocks(this.#clock)
    const isInUse = this.#isKeptWarm || now.monotonicMs - this.#askedAtMonotonicMs < keyInUseMs
    return isInUse ? Math.max(0, this.#leftMs(now)) : undefined
  }

  /** Describes a token that a resource server refused, for the decision what to do about it. */
  refused(fingerprint: string): RefusedToken {
    const now = this.#look()
    const held = this.#usable(now)
    const hasRenewalLeft = this.#forcedRenewals.hasLeft(now.monotonicMs)
    if (held?.token.fingerprint !== fingerprint) {
      const standing = held === undefined ? 'absent' : 'superseded'
      return { standing, hasRenewalLeft, replacedAgoMs: undefined }
    }
    const isOnTrial = held.replacesRefused && !held.wasAccepted
    const replacedAgoMs = isOnTrial ? now.monotonicMs - held.arrivedAtMonotonicMs : undefined
    return { standing: 'current', hasRenewalLeft, replacedAgoMs }
  }

  /**
   * Drops the token with that fingerprint, at the expense of the budget. Does nothing when it is
   * not the current one.
   */
  invalidate(fingerprint: string): void {
    const held = this.#held
    if (held?.token.fingerprint !== fingerprint) return
    const nowMonotonicMs = this.#clock.monotonicMs()
    this.#forcedRenewals.spend(nowMonotonicMs)
    this.retireToken(fingerprint)
    const remainingMs = held.hardExpiryMonotonicMs - nowMonotonicMs
    this.#parts.onRefused({ fingerprint, remainingMs })
  }

  /** Drops the token with that fingerprint because another process learned that it was refused. */
  retireToken(fingerprint: string): void {
    if (this.#held?.token.fingerprint !== fingerprint) return
    this.#held = undefined
    this.#refusedFingerprint = fingerprint
    this.#armWarmTimer()
  }

  /** Takes a token that another process obtained, unless the one in hand lives longer. */
  adopt(granted: GrantedToken): void {
    const { token, schedule } = granted
    if (this.#ended !== undefined || token.fingerprint === this.#refusedFingerprint) return
    const now = readClocks(this.#clock)
    if (schedule.hardExpiryMonotonicMs - now.monotonicMs <= this.#leftMs(now)) return
    this.#keep(granted)
    this.#armWarmTimer()
  }

  /** Notes that a resource server accepted a token. */
  noteAccepted(token: AccessToken): void {
    if (this.#held?.token === token) this.#held.wasAccepted = true
  }

  /** Drops the token. A request under way is left alone. */
  forget(): void {
    this.#held = undefined
    this.#isKeptWarm = false
    this.#warmTimer?.rest()
  }

  /** Drops the token for good: the cache has let go of this source. */
  retire(): void {
    this.forget()
    this.isRetired = true
    this.#parts.onRetired()
  }

  /** Ends everything: callers waiting now or later fail with `error`. */
  end(error: TokenAcquisitionError): void {
    this.#ended = error
    this.forget()
    this.#flights.current?.abort(error)
  }

  #consideredToken(options: TokenCallOptions = {}): Promise<AccessToken> {
    try {
      const { minTtlSeconds } = options
      if (minTtlSeconds !== undefined) return this.tokenAbove(explicitFloor(minTtlSeconds), options)
      const now = this.#look()
      const patience = this.#patience(now, options)
      return this.#usable(now)?.settled ?? this.#wait(now, patience)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Both clocks, on behalf of a caller. */
  #look(): ClockReading {
    const now = readClocks(this.#clock)
    this.#askedAtMonotonicMs = now.monotonicMs
    return now
  }

  #leftMs(now: ClockReading): number {
    return this.#held?.leftMs(now) ?? 0
  }

  /**
   * The token, unless it is past its hard expiry. The one place where a background renewal begins.
   */
  #usable(now: ClockReading): HeldToken | undefined {
    const held = this.#held
    if (held === undefined) return undefined
    if (held.leftMs(now) <= 0) {
      // A wall clock that ran ahead may be set right, and then the token is good again.
      if (now.monotonicMs >= held.hardExpiryMonotonicMs) this.#held = undefined
      return undefined
    }
    if (held.isDue(now)) {
      const allowedAt = this.#pacing.backgroundOpensAtMonotonicMs
      if (this.#flights.current === undefined && now.monotonicMs >= allowedAt)
        this.#flights.launch({ trigger: 'due', isBackground: true, minTtlSeconds: 0 })
      held.quietUntil(this.#flights.current === undefined ? allowedAt : held.hardExpiryMonotonicMs)
    }
    held.beQuiet(now)
    return held
  }

  /** Joins the flight, or starts one. */
  #wait(now: ClockReading, patience: Patience): Promise<AccessToken> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    if (this.#pacing.demandOpensAtMonotonicMs > patience.deadlineAtMonotonicMs) {
      return Promise.reject(this.#pacing.pauseError(now.monotonicMs))
    }
    const flight = this.#flights.current ?? this.#launchWithoutToken(false)
    return flight.wait(patience)
  }

  #patience(now: ClockReading, options: TokenCallOptions): Patience {
    return patienceOf(options, now.monotonicMs, this.#parts.deadlineMs)
  }

  #keep(granted: GrantedToken): void {
    const replacesRefused = this.#refusedFingerprint !== undefined
    this.#held = new HeldToken(granted, replacesRefused, readClocks(this.#clock))
    this.#refusedFingerprint = undefined
    this.#isKeptWarm = this.#parts.keepsWarm
    this.#pacing.succeeded()
  }

  #launchWithoutToken(isBackground: boolean): Flight<AccessToken> {
    const trigger = this.#refusedFingerprint === undefined ? 'empty' : 'refused'
    return this.#flights.launch({ trigger, isBackground, minTtlSeconds: 0 })
  }

  /** For the next decision; the end of a flight under way does it again. */
  #armWarmTimer(): void {
    if (!this.#isKeptWarm || this.#flights.current !== undefined) return
    const isGood = this.#leftMs(readClocks(this.#clock)) > 0
    const decideAt = isGood ? this.#held?.decideAtMonotonicMs : undefined
    this.#warmTimer?.wakeAt(decideAt ?? this.#pacing.unaskedOpensAtMonotonicMs)
  }

  #wake(): void {
    const now = readClocks(this.#clock)
    const isPaused = now.monotonicMs < this.#pacing.unaskedOpensAtMonotonicMs
    if (this.#usable(now) === undefined && this.#flights.current === undefined && !isPaused) {
      this.#launchWithoutToken(true)
    }
    this.#armWarmTimer()
  }
}
