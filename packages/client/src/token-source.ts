/**
 * The life of one token: kept while it is good, renewed ahead of its end, replaced when a resource
 * server refuses it.
 *
 * Invariants
 *  (1) A token is never given out at or after its hard expiry.
 *  (2) At most one flight per source, so at most one token request under way.
 *  (3) While the token is good nobody waits, and no failure reaches a caller: a failed renewal
 *      leaves the token in place. It is replaced only by a success, and dropped only by its expiry,
 *      a refusal or on request.
 *  (4) Until `quietUntilMonotonicMs` there is nothing to decide: the settled promise is given as it
 *      is.
 *  (5) No request is sent before the pauses are over that failures and the server imposed. A caller
 *      whose deadline comes first fails at once, with the time to wait.
 */
import { type Clock, sleep, uniform } from '@mintmark/runtime'
import type { AccessToken } from './access-token.ts'
import { AttemptPacing, type AttemptPacingParts } from './attempt-pacing.ts'
import type { Errand } from './errand.ts'
import type { RenewalTrigger, Report, TokenRequestLabel } from './events.ts'
import type { Failure } from './failure.ts'
import { Flight } from './flight.ts'
import { ForcedRenewalBudget } from './forced-renewal-budget.ts'
import type { GrantedToken, Obtained } from './granted-token.ts'
import { HeldToken } from './held-token.ts'
import {
  overloadedRetryAfterMs,
  reconnectPauseFromMs,
  reconnectPauseToMs,
  waitMsMax,
} from './limits.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { Slot } from './token-cache.ts'
import type { TokenCallOptions } from './token-call-options.ts'
import type { TokenStanding } from './unauthorized-decision.ts'
import type { Departure, Patience, WaitingPlaces } from './waiting-line.ts'

/** What a source needs. */
export interface TokenSourceParts extends AttemptPacingParts {
  readonly label: TokenRequestLabel
  /** Makes one attempt; see `obtainToken`, and `FleetMember.obtain` where there is a shared store. */
  readonly obtain: (errand: Errand, signal: AbortSignal) => Promise<Obtained>
  /** Told of a token that a resource server refused. */
  readonly onRefused: (token: {
    readonly fingerprint: string
    readonly remainingMs: number
  }) => void
  readonly places: WaitingPlaces
  readonly deadlineMs: number
  readonly report: Report
}

/** What is known about a token that a resource server refused. */
export interface RefusedToken {
  readonly standing: TokenStanding
  readonly isUnprovenReplacement: boolean
  readonly hasRenewalLeft: boolean
}

/** The source of the tokens of one key. */
export class TokenSource implements Slot {
  readonly #parts: TokenSourceParts
  readonly #clock: Clock
  readonly #pacing: AttemptPacing
  readonly #forcedRenewals = new ForcedRenewalBudget()
  #held: HeldToken | undefined
  #flight: Flight<AccessToken> | undefined
  #ended: TokenAcquisitionError | undefined
  #refusedFingerprint: string | undefined
  #hasTurnedAway = false
  lastUsedMonotonicMs: number
  /** Whether the cache has let go of it. */
  isRetired = false

  constructor(parts: TokenSourceParts) {
    this.#parts = parts
    this.#clock = parts.clock
    this.#pacing = new AttemptPacing(parts)
    this.lastUsedMonotonicMs = parts.clock.monotonicMs()
  }

  /** See `TokenClient.token`. */
  token(options?: TokenCallOptions): Promise<AccessToken> {
    const nowMonotonicMs = this.#clock.monotonicMs()
    this.lastUsedMonotonicMs = nowMonotonicMs
    const held = this.#held
    if (
      held !== undefined &&
      options === undefined &&
      nowMonotonicMs < held.quietUntilMonotonicMs
    ) {
      return held.settled
    }
    return this.#consideredToken(nowMonotonicMs, options)
  }

  /** See `TokenClient.currentToken`. */
  currentToken(): AccessToken | undefined {
    const nowMonotonicMs = this.#clock.monotonicMs()
    this.lastUsedMonotonicMs = nowMonotonicMs
    return this.#usable(nowMonotonicMs)?.token
  }

  /** Whether a call made now would find a token. Unlike a call, starts nothing. */
  get isReady(): boolean {
    return this.#clock.monotonicMs() < (this.#held?.hardExpiryMonotonicMs ?? 0)
  }

  /** Whether a token request is under way. */
  get isBusy(): boolean {
    return this.#flight !== undefined
  }

  /** Describes a token that a resource server refused, for the decision what to do about it. */
  refused(fingerprint: string): RefusedToken {
    const nowMonotonicMs = this.#clock.monotonicMs()
    const held = this.#usable(nowMonotonicMs)
    const isCurrent = held?.token.fingerprint === fingerprint
    return {
      standing: held === undefined ? 'absent' : isCurrent ? 'current' : 'superseded',
      isUnprovenReplacement: isCurrent && held.isUnprovenReplacement(nowMonotonicMs),
      hasRenewalLeft: this.#forcedRenewals.hasLeft(nowMonotonicMs),
    }
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
  }

  /** Takes a token that another process obtained, unless the one in hand lives longer. Callers that wait get it. */
  adopt(granted: GrantedToken): void {
    const { token, schedule } = granted
    if (this.#ended !== undefined || token.fingerprint === this.#refusedFingerprint) return
    const heldUntil = this.#held?.hardExpiryMonotonicMs ?? Number.NEGATIVE_INFINITY
    if (schedule.hardExpiryMonotonicMs <= heldUntil) return
    this.#keep(granted)
  }

  /** Notes that a resource server accepted a token. */
  noteAccepted(token: AccessToken): void {
    if (this.#held?.token === token) this.#held.wasAccepted = true
  }

  /** Drops the token. A request under way is left alone. */
  forget(): void {
    this.#held = undefined
  }

  /** Drops the token for good: the cache has let go of this source. */
  retire(): void {
    this.#held = undefined
    this.isRetired = true
  }

  /** Ends everything: callers waiting now or later fail with `error`. */
  end(error: TokenAcquisitionError): void {
    this.#ended = error
    this.#held = undefined
    this.#flight?.abort(error)
  }

  #consideredToken(nowMonotonicMs: number, options: TokenCallOptions = {}): Promise<AccessToken> {
    const { signal, deadlineMs = this.#parts.deadlineMs } = options
    if (!(deadlineMs > 0 && deadlineMs <= waitMsMax)) {
      return Promise.reject(new RangeError(`deadlineMs: expected above 0 and at most ${waitMsMax}`))
    }
    if (signal?.aborted === true) return Promise.reject(this.#departureError('aborted'))
    const held = this.#usable(nowMonotonicMs)
    if (held !== undefined) return held.settled
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    return this.#wait(nowMonotonicMs, {
      deadlineAtMonotonicMs: nowMonotonicMs + deadlineMs,
      signal,
    })
  }

  /**
   * The token, unless it is past its hard expiry. The one place where a background renewal begins.
   */
  #usable(nowMonotonicMs: number): HeldToken | undefined {
    const held = this.#held
    if (held === undefined || nowMonotonicMs < held.quietUntilMonotonicMs) return held
    if (nowMonotonicMs >= held.hardExpiryMonotonicMs) {
      this.#held = undefined
      return undefined
    }
    const allowedAt = this.#pacing.backgroundOpensAtMonotonicMs
    if (this.#flight === undefined && nowMonotonicMs >= allowedAt) this.#launch('due')
    held.quietUntil(this.#flight === undefined ? allowedAt : held.hardExpiryMonotonicMs)
    return held
  }

  /** Joins the flight, or starts one. */
  #wait(nowMonotonicMs: number, patience: Patience): Promise<AccessToken> {
    if (this.#pacing.demandOpensAtMonotonicMs > patience.deadlineAtMonotonicMs) {
      return Promise.reject(this.#pacing.pauseError(nowMonotonicMs))
    }
    const flight =
      this.#flight ?? this.#launch(this.#refusedFingerprint === undefined ? 'empty' : 'refused')
    return flight.wait(patience)
  }

  #launch(trigger: RenewalTrigger): Flight<AccessToken> {
    this.#flight = new Flight<AccessToken>({
      clock: this.#clock,
      places: this.#parts.places,
      isBackground: trigger === 'due',
      departureError: (departure) => this.#departureError(departure),
      work: (signal, flight) => this.#acquire(trigger, signal, flight),
      onEnd: () => {
        this.#flight = undefined
        this.#hasTurnedAway = false
      },
    })
    return this.#flight
  }

  /**
   * The work of a flight: one attempt, and a second where the connection broke under somebody who
   * waits.
   */
  async #acquire(
    trigger: RenewalTrigger,
    signal: AbortSignal,
    flight: Flight<AccessToken>,
  ): Promise<AccessToken> {
    await this.#pacing.untilDemandOpens(signal)
    let attempts = 1
    let obtained = await this.#attempt(trigger, signal)
    if (!obtained.ok && obtained.failure.code === 'network_failed' && flight.waiters > 0) {
      await sleep(this.#clock, this.#reconnectPauseMs(), signal)
      attempts = 2
      obtained = await this.#attempt(trigger, signal)
    }
    signal.throwIfAborted()
    if (obtained.ok) return this.#hold(obtained.granted, trigger, attempts)
    throw this.#noteFailure(obtained.failure, trigger, attempts)
  }

  async #attempt(trigger: RenewalTrigger, signal: AbortSignal): Promise<Obtained> {
    try {
      return await this.#parts.obtain(this.#errand(trigger), signal)
    } catch (error) {
      // A bug, ours or that of a port. Whoever waits gets it as it is; a background renewal has
      // nobody to give it to.
      if (!signal.aborted) this.#noteFailure({ code: 'internal_failure' }, trigger, 1)
      throw error
    }
  }

  #errand(trigger: RenewalTrigger): Errand {
    const knownFingerprint = this.#held?.token.fingerprint ?? this.#refusedFingerprint
    return { trigger, knownFingerprint, minTtlSeconds: 0 }
  }

  #keep(granted: GrantedToken): void {
    this.#held = new HeldToken(granted, this.#refusedFingerprint !== undefined)
    this.#refusedFingerprint = undefined
    this.#pacing.succeeded()
  }

  #hold(granted: GrantedToken, trigger: RenewalTrigger, attempts: number): AccessToken {
    const { token, schedule, arrivedAtMonotonicMs, lifetimeSeconds } = granted
    this.#keep(granted)
    this.#parts.report({
      type: 'token_obtained',
      request: this.#parts.label,
      trigger,
      fingerprint: token.fingerprint,
      lifetimeSeconds,
      renewalAfterSeconds: (schedule.renewAtMonotonicMs - arrivedAtMonotonicMs) / 1000,
      outageBudgetSeconds: schedule.outageBudgetSeconds,
      attempts,
    })
    return token
  }

  #noteFailure(failure: Failure, trigger: RenewalTrigger, attempts: number): TokenAcquisitionError {
    const nowMonotonicMs = this.#clock.monotonicMs()
    const tokenLeftMs = Math.max(0, (this.#held?.hardExpiryMonotonicMs ?? 0) - nowMonotonicMs)
    const opensAt = this.#pacing.failed(failure, nowMonotonicMs, tokenLeftMs)
    this.#held?.quietUntil(opensAt)
    const asked = failure.asked !== false
    const retryAfterMs = Math.ceil(opensAt - nowMonotonicMs)
    const isServed = tokenLeftMs > 0
    const error = new TokenAcquisitionError(
      { ...failure, retryAfterMs },
      {
        attempts: asked ? attempts : attempts - 1,
        servedUntilWallMs: isServed ? this.#clock.wallMs() + tokenLeftMs : undefined,
      },
    )
    const request = this.#parts.label
    if (asked) this.#parts.report({ type: 'token_request_failed', request, trigger, error })
    return error
  }

  #reconnectPauseMs(): number {
    const width = reconnectPauseToMs - reconnectPauseFromMs
    return reconnectPauseFromMs + width * uniform(this.#parts.random)
  }

  #departureError(departure: Departure): TokenAcquisitionError {
    if (departure !== 'too_many_waiters') return new TokenAcquisitionError({ code: departure })
    if (!this.#hasTurnedAway) {
      this.#hasTurnedAway = true
      const { label: request, places } = this.#parts
      this.#parts.report({ type: 'callers_turned_away', request, waiting: places.taken })
    }
    return new TokenAcquisitionError({
      code: departure,
      retryAfterMs: overloadedRetryAfterMs,
    })
  }
}
