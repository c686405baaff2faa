/**
 * Follows the revocation feed of one issuer, and knows of each of its tokens whether it is revoked.
 *
 * Invariants
 *  (1) At most one request is under way. Between the starts of two lies `intervalMs`, however fast the answers are, and
 *      after one that failed a pause that grows.
 *  (2) A document takes the place of the one in hand only if it was verified, and if its version is not below that of
 *      one that is still valid. The one in hand loses that protection when its key is withdrawn.
 *  (3) Every failure leaves what is in hand: what was revoked stays revoked.
 *  (4) Only the issuer's word ends staleness: a document that is accepted, or that the one in hand, still valid, is
 *      last.
 *  (5) Nothing is sent and no timer exists before `begin` and after `dispose`. Neither a timer nor a request that waits
 *      for news keeps the process alive, as far as the transport can help it.
 *  (6) `generation` changes with everything that is newly known. What was cleared with another one was not cleared.
 */
import { isKeyRefusal } from '@mintmark/jwt'
import {
  type Observer,
  type RandomSource,
  type Scheduled,
  type Transport,
  uniform,
} from '@mintmark/runtime'
import type { GuardEvent } from '../events.ts'
import type { IssuerEndpoint } from '../issuer-endpoint.ts'
import { feedDeadlineMs, feedPauseMsMax } from '../limits.ts'
import type { FeedFailure } from './feed-failure.ts'
import { fetchFeed } from './fetched-feed.ts'
import { isRevokedBy, type RevocableToken } from './revocable-token.ts'
import type { ResolvedRevocation } from './revocation-options.ts'
import { type FeedRules, type VerifiedFeed, verifyFeed } from './verified-feed.ts'

/** What following takes. */
export interface FollowedIssuer extends FeedRules {
  readonly endpoint: IssuerEndpoint
  readonly options: ResolvedRevocation
  readonly transport: Transport
  /** For a request that nobody waits for: one that waits for news. */
  readonly backgroundTransport: Transport
  readonly random: RandomSource
  readonly observer: Observer<GuardEvent>
}

/** How well it is known what is revoked; `cold` before the first attempt has ended. */
export type FeedState = 'cold' | 'current' | 'stale'

interface FeedInHand extends VerifiedFeed {
  readonly entityTag: string | undefined
}

type Outcome =
  | { readonly kind: 'document'; readonly feed: FeedInHand }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly failure: FeedFailure; readonly retryAfterSeconds: number }

/** The follower of one issuer's feed. */
export class FeedFollower {
  readonly #world: FollowedIssuer
  #inHand: FeedInHand | undefined
  #generation = 0
  #confirmedAtMonotonicMs = Number.NEGATIVE_INFINITY
  #nextAtMonotonicMs = 0
  #failures = 0
  #isKnownStale = false
  #first: Promise<void> | undefined
  #hasBegun = false
  #isDisposed = false
  #next: Scheduled | undefined
  #controller: AbortController | undefined

  constructor(world: FollowedIssuer) {
    this.#world = world
  }

  /** Grows whenever there is news. */
  get generation(): number {
    return this.#generation
  }

  /**
   * Begins to follow, once. While the first attempt is under way, what is returned settles with its end, however it
   * ends; afterwards there is nothing to wait for.
   */
  begin(): Promise<void> | undefined {
    if (!this.#hasBegun && !this.#isDisposed) {
      this.#hasBegun = true
      this.#first = this.#attempt().finally(() => {
        this.#first = undefined
      })
    }
    return this.#first
  }

  /** Whether the token is among what is known to be revoked. */
  isRevoked(token: RevocableToken): boolean {
    return this.#inHand !== undefined && isRevokedBy(this.#inHand.content, token)
  }

  /** Whether a token that was cleared in that generation needs no other look. */
  isClearedBy(generation: number): boolean {
    return generation === this.#generation && !this.refusesUnlisted()
  }

  /** Whether tokens that are not known to be revoked have to be turned away for the moment. */
  refusesUnlisted(): boolean {
    return this.#world.options.refusesWhenStale && this.#isStale()
  }

  /** How many seconds until there may be news; at least 1. */
  retryAfterSeconds(): number {
    return Math.max(1, (this.#nextAtMonotonicMs - this.#world.clock.monotonicMs()) / 1000)
  }

  /** How well it is known what is revoked. */
  state(): FeedState {
    if (!this.#isStale()) return 'current'
    return this.#failures === 0 && this.#inHand === undefined ? 'cold' : 'stale'
  }

  /** Seconds since the issuer's last word; `undefined` when there was none yet. */
  ageSeconds(): number | undefined {
    if (this.#inHand === undefined) return undefined
    return (this.#world.clock.monotonicMs() - this.#confirmedAtMonotonicMs) / 1000
  }

  /** Ends the request under way and sends no other. What is in hand is used on, as long as staleness allows. */
  dispose(): void {
    this.#isDisposed = true
    this.#next?.cancel()
    this.#controller?.abort()
  }

  #isStale(): boolean {
    const { clock, options } = this.#world
    return clock.monotonicMs() - this.#confirmedAtMonotonicMs > options.staleMs
  }

  async #attempt(): Promise<void> {
    const { clock, options } = this.#world
    const startedAtMonotonicMs = clock.monotonicMs()
    const controller = new AbortController()
    this.#controller = controller
    const isWaiting = this.#inHand?.entityTag !== undefined && this.#failures === 0
    const waitSeconds = isWaiting ? options.waitSeconds : 0
    const deadlineMs = waitSeconds * 1000 + feedDeadlineMs
    const deadline = clock.schedule(deadlineMs, () => controller.abort())
    const outcome = await Promise.race([
      this.#ask(waitSeconds, controller.signal),
      aborted(controller.signal),
    ])
    deadline.cancel()
    if (this.#isDisposed) return
    this.#conclude(outcome)
    this.#plan(outcome, startedAtMonotonicMs)
  }

  /** Changes nothing: what comes after the deadline must have no effect. */
  async #ask(waitSeconds: number, signal: AbortSignal): Promise<Outcome> {
    const { endpoint, clock } = this.#world
    const url = await endpoint.find(signal)
    if (url === undefined) return failed('feed_not_found')
    const entityTag = this.#isInHandValid() ? this.#inHand?.entityTag : undefined
    const question = { entityTag, waitSeconds, nowWallMs: clock.wallMs() }
    const transport = waitSeconds === 0 ? this.#world.transport : this.#world.backgroundTransport
    const fetched = await fetchFeed(url, question, transport, signal)
    switch (fetched.answer) {
      case 'failed':
        return failed(fetched.failure, fetched.retryAfterSeconds)
      case 'unchanged':
        return this.#isInHandValid() ? { kind: 'unchanged' } : failed('expired')
      case 'document':
        return await this.#judge(fetched.document, fetched.entityTag)
    }
  }

  async #judge(document: string, entityTag: string | undefined): Promise<Outcome> {
    const verified = await verifyFeed(document, this.#world)
    if (!verified.ok) return failed(verified.violation)
    const feed = verified.value
    const inHand = this.#inHand
    const isProtected = inHand !== undefined && this.#isInHandValid()
    if (isProtected && (await this.#isTrusted(inHand, feed))) {
      if (feed.claims.version < inHand.claims.version) return failed('rolled_back')
      const { kid } = feed.signedBy
      if (kid !== undefined && inHand.content.keys.has(kid)) return failed('withdrawn_key')
    }
    return { kind: 'document', feed: { ...feed, entityTag } }
  }

  /** Whether the key of a document still vouches for it, by the word of `next` and of the issuer's key set. */
  async #isTrusted({ signedBy }: FeedInHand, next: VerifiedFeed): Promise<boolean> {
    if (signedBy.kid !== undefined && next.content.keys.has(signedBy.kid)) return false
    const key = await this.#world.keys.keyFor(signedBy)
    return !isKeyRefusal(key) || key.refusal === 'keys_unavailable'
  }

  #isInHandValid(): boolean {
    if (this.#inHand === undefined) return false
    const { clock, clockToleranceSeconds } = this.#world
    return clock.wallMs() / 1000 < this.#inHand.claims.exp + clockToleranceSeconds
  }

  #conclude(outcome: Outcome): void {
    const { clock, endpoint, issuer, observer } = this.#world
    if (outcome.kind === 'failed') {
      this.#failures += 1
      endpoint.distrust()
      observer({ type: 'revocation_feed_failed', issuer, failure: outcome.failure })
      this.#noteStaleness()
      return
    }
    this.#failures = 0
    this.#isKnownStale = false
    this.#confirmedAtMonotonicMs = clock.monotonicMs()
    if (outcome.kind === 'document') this.#adopt(outcome.feed)
  }

  /** A document that says the same anew, as each does after some minutes, is no news. */
  #adopt(feed: FeedInHand): void {
    const isNews = feed.claims.content_sha256 !== this.#inHand?.claims.content_sha256
    this.#inHand = feed
    if (!isNews) return
    this.#generation += 1
    const { issuer, observer } = this.#world
    const { clients, keys, tokens } = feed.content
    observer({
      type: 'revocations_renewed',
      issuer,
      version: feed.claims.version,
      clients: clients.size,
      keys: keys.size,
      tokens: tokens.size,
    })
  }

  #noteStaleness(): void {
    if (this.#isKnownStale || !this.#isStale()) return
    this.#isKnownStale = true
    const { issuer, observer } = this.#world
    observer({ type: 'revocations_stale', issuer, ageSeconds: this.ageSeconds() })
  }

  #plan(outcome: Outcome, startedAtMonotonicMs: number): void {
    const { clock, options } = this.#world
    const now = clock.monotonicMs()
    this.#nextAtMonotonicMs =
      outcome.kind === 'failed'
        ? now + Math.max(this.#pauseMs(), 1000 * outcome.retryAfterSeconds)
        : Math.max(now, startedAtMonotonicMs + options.intervalMs)
    this.#next = clock.schedule(this.#nextAtMonotonicMs - now, () => void this.#attempt())
  }

  /** Doubled with each failure and spread over its upper half, so that a fleet does not come back together. */
  #pauseMs(): number {
    const { options, random } = this.#world
    const longestMs = Math.max(options.intervalMs, feedPauseMsMax)
    const pauseMs = Math.min(longestMs, options.intervalMs * 2 ** Math.min(this.#failures - 1, 16))
    return pauseMs * (0.5 + uniform(random) / 2)
  }
}

function aborted(signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(failed('deadline_exceeded')), { once: true })
  })
}

function failed(failure: FeedFailure, retryAfterSeconds = 0): Outcome {
  return { kind: 'failed', failure, retryAfterSeconds }
}
