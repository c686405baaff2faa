/**
 * The revocation feed of a running server: the current document, and who is told when there is another.
 *
 * Invariants
 *  (1) A revocation is in the document at most `feedPaceMs` after it is in force here.
 *  (2) However often something is revoked or asked, a document is made at most once in `feedPaceMs`, or once a period.
 *  (3) A document that cannot be signed leaves the last one, until that has expired; then there is none.
 *  (4) Whoever waits is answered once: at a change, at its own time, or when the server stops.
 */
import type { MaybePromise, SignatureEngine } from '@mintmark/jwt'
import { type Clock, invariant, type Observer, type Scheduled } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import { feedPaceMs, feedReadersWaitingMax } from '../limits.ts'
import type { LiveState } from '../registry/live-state.ts'
import { feedContent } from './feed-content.ts'
import { periodAt, type SignedFeed, signFeed, startOf } from './signed-feed.ts'

/** What the feed is made of. */
export interface RevocationFeedWorld {
  readonly issuer: string
  readonly state: LiveState
  readonly engine: SignatureEngine
  readonly clock: Clock
  readonly observer: Observer<AuthorizationServerEvent>
}

/** The revocation feed. */
export class RevocationFeedSource {
  readonly #world: RevocationFeedWorld
  readonly #waiting = new Set<() => void>()
  #current: SignedFeed | undefined
  #revision: unknown
  #madeAtMonotonicMs = Number.NEGATIVE_INFINITY
  #making: Promise<void> | undefined
  #planned: Scheduled | undefined
  #isStopped = false

  constructor(world: RevocationFeedWorld) {
    this.#world = world
    world.state.onChange(() => this.#plan())
  }

  /** The document of now; `undefined` when none can be signed. */
  current(): MaybePromise<SignedFeed | undefined> {
    if (this.#isDue()) this.#make()
    return this.#making === undefined ? this.#valid() : this.#making.then(() => this.#valid())
  }

  /**
   * Calls `done` once: when there is another document, after `waitMs`, or when the server stops. `false`: too many wait
   * already, and nothing is called.
   */
  wait(waitMs: number, done: () => void): boolean {
    if (this.#isStopped || this.#waiting.size >= feedReadersWaitingMax) return false
    const release = (): void => {
      timer.cancel()
      this.#waiting.delete(release)
      done()
    }
    const timer = this.#world.clock.schedule(waitMs, release)
    this.#waiting.add(release)
    this.#plan()
    return true
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Answers everybody who waits, and lets nobody wait any more. */
  stop(): void {
    this.#isStopped = true
    this.#planned?.cancel()
    this.#release()
  }

  /**
   * For those who wait; the others find out when they ask. The first change takes effect at once, those that follow
   * closely do together.
   */
  #plan(): void {
    if (this.#waiting.size === 0 || this.#planned !== undefined || !this.#isOutdated()) return
    const sinceMs = this.#world.clock.monotonicMs() - this.#madeAtMonotonicMs
    const delayMs = Math.max(0, feedPaceMs - sinceMs)
    this.#planned = this.#world.clock.schedule(delayMs, () => {
      this.#planned = undefined
      if (this.#isOutdated()) this.#make()
    })
  }

  /** Whether a document has to be made before one is answered. */
  #isDue(): boolean {
    if (this.#making !== undefined) return false
    const { clock } = this.#world
    const isOfNow = this.#current?.period === periodAt(clock.wallMs())
    if (isOfNow && !this.#isOutdated()) return false
    return clock.monotonicMs() - this.#madeAtMonotonicMs >= feedPaceMs
  }

  #isOutdated(): boolean {
    return this.#revision !== this.#world.state.revocationRevision
  }

  #make(): void {
    const { issuer, state, engine, clock } = this.#world
    const nowWallMs = clock.wallMs()
    this.#madeAtMonotonicMs = clock.monotonicMs()
    this.#revision = state.revocationRevision
    const content = feedContent(state, startOf(periodAt(nowWallMs)))
    const key = state.keys.signingKey('ES256')
    invariant(key !== undefined, 'every storage has had a key of ES256 since it was first opened')
    try {
      const signed = signFeed(content, state.sequence, nowWallMs, { issuer, engine, key })
      if (signed instanceof Promise) this.#await(signed)
      else this.#replace(signed)
    } catch {
      this.#fail()
    }
  }

  #await(signed: Promise<SignedFeed>): void {
    this.#making = signed
      .then(
        (feed) => this.#replace(feed),
        () => this.#fail(),
      )
      .finally(() => {
        this.#making = undefined
      })
  }

  #replace(feed: SignedFeed): void {
    const isNews = feed.entityTag !== this.#current?.entityTag
    this.#current = feed
    if (isNews) this.#release()
  }

  /** Tried again by whoever asks next, and by itself. */
  #fail(): void {
    this.#revision = undefined
    this.#world.observer({ type: 'revocation_feed_unsigned' })
    this.#plan()
  }

  #valid(): SignedFeed | undefined {
    const isValid = (this.#current?.period ?? 0) + 1 >= periodAt(this.#world.clock.wallMs())
    return isValid ? this.#current : undefined
  }

  #release(): void {
    for (const release of [...this.#waiting]) release()
  }
}
