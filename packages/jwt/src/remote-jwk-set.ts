/**
 * The verification keys of an issuer, fetched from its JWK Set document and kept (RFC 7517;
 * requirement R2).
 *
 * Invariants
 *  (1) At most one request is under way.
 *  (2) A set is fresh for its lifetime (what the answer says, within bounds). Looking up a key
 *      that a fresh set holds is synchronous and never waits, not even for a renewal.
 *  (3) Renewal starts when somebody asks after four fifths of the lifetime; nobody asking, nothing
 *      is sent. Between the end of a failed renewal and the next lies the cool-down, whatever is
 *      asked meanwhile.
 *  (4) A set is replaced only by a set with a usable key that arrived whole. Every failure leaves
 *      it as it was, until `staleSecondsMax` past its lifetime; then it is dropped.
 *  (5) An unknown `kid` in a set at hand causes at most one request per `unknownKidPauseMs`. That
 *      budget and the cool-down of (3) do not touch each other: a flood of invented `kid`s cannot
 *      hold up a renewal.
 *  (6) `unknown_key` is said only on the word of a fresh set, and when the attempt that ended last
 *      succeeded. Else it is `keys_unavailable`.
 *  (7) A key that is no longer in the set is gone at the moment of the replacement, and
 *      `generation` has changed.
 *  (8) A timer exists only while a request is under way, and is that request's deadline.
 *  (9) A lookup waits for at most one request.
 */
import type { Scheduled } from '@mintmark/runtime'
import { CoolDown } from './cool-down.ts'
import { type FetchedJwkSet, fetchJwkSet } from './fetch-jwk-set.ts'
import { holdsEveryKeyOf, type ImportedKey, importKeys } from './imported-keys.ts'
import type { PublicJwk } from './jwk.ts'
import type { WantedKey } from './jwk-set.ts'
import type { KeyLookup, KeyRefusal } from './key-lookup.ts'
import { KeysInHand } from './keys-in-hand.ts'
import { jwkSetLifetimeSecondsMax, jwkSetLifetimeSecondsMin, unknownKidPauseMs } from './limits.ts'
import {
  type RemoteJwkSetOptions,
  type ResolvedRemoteJwkSetOptions,
  resolveOptions,
} from './options.ts'
import type { MaybePromise } from './signature-engine.ts'

/** What a remote key set has in hand. */
export type RemoteJwkSetState = 'empty' | 'fresh' | 'stale'

/** The keys of one issuer. */
export interface RemoteJwkSet {
  /**
   * Looks up the key that a token names. Answers in place while a fresh set is in hand, and during
   * a known outage with a stale one; otherwise waits for one request, at most its deadline. Never
   * rejects.
   */
  keyFor(wanted: WantedKey): MaybePromise<KeyLookup>
  /** All keys of the set that can be used. Waits as {@link keyFor} does. Never rejects. */
  keys(): MaybePromise<readonly PublicJwk[] | KeyRefusal>
  /** What is in hand now. Starts nothing. */
  state(): RemoteJwkSetState
  /**
   * Changes whenever a key disappears: what was concluded with an older number may rest on a key
   * that is gone. Reading it counts as asking, so that a cache that is always hit still notices a
   * removed key: a due renewal starts.
   */
  readonly generation: number
  /**
   * Ends the request under way and starts no other. What is in hand stays usable until it is too
   * old.
   */
  dispose(): void
}

/**
 * Makes a remote key set. Sends nothing before the first lookup.
 *
 * Throws as `resolveOptions` does. Does not check that the URL belongs to an issuer: its metadata
 * says that.
 */
export function createRemoteJwkSet(options: RemoteJwkSetOptions): RemoteJwkSet {
  return new FetchedKeys(resolveOptions(options))
}

/** Why a request is sent: each cause has its own budget. */
type Cause = 'renewal' | 'unknown_kid'

interface Flight {
  /** Settles after what came of the request has taken effect. */
  readonly ended: Promise<void>
  readonly controller: AbortController
  readonly deadline: Scheduled
}

type ImportedSet =
  | (Extract<FetchedJwkSet, { ok: true }> & { readonly keys: readonly ImportedKey[] })
  | Extract<FetchedJwkSet, { ok: false }>

const unknownKey: KeyRefusal = Object.freeze({ refusal: 'unknown_key' })

class FetchedKeys implements RemoteJwkSet {
  readonly #options: ResolvedRemoteJwkSetOptions
  readonly #coolDown: CoolDown
  #inHand: KeysInHand | undefined
  #flight: Flight | undefined
  #lastAttemptFailed = false
  #unknownKidAllowedAtMonotonicMs = Number.NEGATIVE_INFINITY
  #generation = 0
  #isDisposed = false

  constructor(options: ResolvedRemoteJwkSetOptions) {
    this.#options = options
    this.#coolDown = new CoolDown(options.random)
  }

  keyFor(wanted: WantedKey): MaybePromise<KeyLookup> {
    return this.#lookUp((inHand) => inHand.find(wanted))
  }

  keys(): MaybePromise<readonly PublicJwk[] | KeyRefusal> {
    return this.#lookUp((inHand) => inHand.publicKeys)
  }

  #lookUp<Found>(
    find: (inHand: KeysInHand) => Found | undefined,
  ): MaybePromise<Found | KeyRefusal> {
    const now = this.#options.clock.monotonicMs()
    this.#dropWhatIsTooOld(now)
    this.#renewWhenDue(now)
    if (this.#canAnswerAtOnce(now)) {
      const found = this.#inHand && find(this.#inHand)
      if (found !== undefined) return found
      this.#fetchForUnknownKid(now)
    }
    return this.#flight === undefined
      ? this.#conclude(find)
      : this.#flight.ended.then(() => this.#conclude(find))
  }

  state(): RemoteJwkSetState {
    const now = this.#options.clock.monotonicMs()
    if (this.#inHand === undefined || this.#inHand.isTooOld(now)) return 'empty'
    return this.#inHand.isFresh(now) ? 'fresh' : 'stale'
  }

  get generation(): number {
    const now = this.#options.clock.monotonicMs()
    this.#dropWhatIsTooOld(now)
    if (this.#inHand !== undefined) this.#renewWhenDue(now)
    return this.#generation
  }

  dispose(): void {
    this.#isDisposed = true
    this.#flight?.controller.abort()
  }

  /**
   * A set whose lifetime ended with nothing known to be wrong is worth one wait: its keys may be
   * withdrawn.
   */
  #canAnswerAtOnce(now: number): boolean {
    if (this.#inHand === undefined) return false
    return this.#inHand.isFresh(now) || this.#coolDown.isFailing
  }

  /** The answer with what is in hand, waiting for nothing more. */
  #conclude<Found>(find: (inHand: KeysInHand) => Found | undefined): Found | KeyRefusal {
    const now = this.#options.clock.monotonicMs()
    const found = this.#inHand && find(this.#inHand)
    if (found !== undefined) return found
    const isIssuersWord = this.#inHand?.isFresh(now) === true && !this.#lastAttemptFailed
    return isIssuersWord ? unknownKey : this.#unavailable(now)
  }

  #unavailable(now: number): KeyRefusal {
    const renewalAt = Math.max(
      this.#coolDown.endsAtMonotonicMs,
      this.#inHand?.renewableAtMonotonicMs ?? now,
    )
    const attemptAt =
      this.#inHand === undefined
        ? renewalAt
        : Math.min(renewalAt, this.#unknownKidAllowedAtMonotonicMs)
    const retryAfterSeconds = Math.max(1, Math.ceil((attemptAt - now) / 1000))
    return { refusal: 'keys_unavailable', retryAfterSeconds }
  }

  #dropWhatIsTooOld(now: number): void {
    if (this.#inHand?.isTooOld(now) !== true) return
    this.#inHand = undefined
    this.#generation += 1
    const { observer, url } = this.#options
    observer({ type: 'jwk_set_dropped', url: url.href, generation: this.#generation })
  }

  #renewWhenDue(now: number): void {
    const dueAt = this.#inHand?.renewableAtMonotonicMs ?? now
    if (now >= dueAt && now >= this.#coolDown.endsAtMonotonicMs) this.#takeOff('renewal')
  }

  #fetchForUnknownKid(now: number): void {
    if (this.#flight !== undefined || now < this.#unknownKidAllowedAtMonotonicMs) return
    this.#unknownKidAllowedAtMonotonicMs = now + unknownKidPauseMs
    this.#takeOff('unknown_kid')
  }

  #takeOff(cause: Cause): void {
    if (this.#flight !== undefined || this.#isDisposed) return
    const controller = new AbortController()
    const { clock, deadlineMs } = this.#options
    const deadline = clock.schedule(deadlineMs, () => controller.abort())
    this.#flight = { controller, deadline, ended: this.#fly(cause, controller.signal) }
  }

  async #fly(cause: Cause, signal: AbortSignal): Promise<void> {
    try {
      const imported = await this.#fetchAndImport(signal)
      if (imported.ok) this.#adopt(imported)
      else this.#fail(cause, imported)
    } finally {
      this.#flight?.deadline.cancel()
      this.#flight = undefined
    }
  }

  async #fetchAndImport(signal: AbortSignal): Promise<ImportedSet> {
    const { url, transport, engine } = this.#options
    const fetched = await fetchJwkSet(url, transport, signal)
    if (!fetched.ok) return fetched
    const keys = await importKeys(engine, fetched.set.keys, this.#inHand?.keys ?? [])
    return keys.length > 0
      ? { ...fetched, keys }
      : { ok: false, violation: 'no_usable_key', httpStatus: 200 }
  }

  #adopt({ keys, set, freshnessSeconds }: Extract<ImportedSet, { ok: true }>): void {
    const { clock, observer, url, staleSecondsMax } = this.#options
    const lifetimeSeconds = boundedLifetime(freshnessSeconds ?? this.#options.lifetimeSeconds)
    const arrivedAtMonotonicMs = clock.monotonicMs()
    if (this.#inHand !== undefined && !holdsEveryKeyOf(keys, this.#inHand.keys)) {
      this.#generation += 1
    }
    this.#inHand = new KeysInHand(keys, { arrivedAtMonotonicMs, lifetimeSeconds, staleSecondsMax })
    this.#lastAttemptFailed = false
    this.#coolDown.succeeded()
    observer({
      type: 'jwk_set_renewed',
      url: url.href,
      keys: keys.length,
      skipped: set.skipped,
      lifetimeSeconds,
      generation: this.#generation,
    })
  }

  #fail(cause: Cause, failure: Extract<ImportedSet, { ok: false }>): void {
    const { clock, observer, url } = this.#options
    this.#lastAttemptFailed = true
    if (cause === 'renewal') this.#coolDown.failed(clock.monotonicMs())
    if (this.#isDisposed) return
    const { violation, httpStatus } = failure
    observer({ type: 'jwk_set_fetch_failed', url: url.href, violation, httpStatus })
  }
}

function boundedLifetime(seconds: number): number {
  return Math.min(jwkSetLifetimeSecondsMax, Math.max(jwkSetLifetimeSecondsMin, seconds))
}
