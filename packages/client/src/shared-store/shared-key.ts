/**
 * One key of a client, shared with the other processes of a fleet (requirements C4 and C8, DESIGN section 9).
 *
 * Invariants
 *  (1) A token request is made under the lease of its key, or by a process for which there is no store at the moment.
 *  (2) No failure of the store is a failure of `obtain`; what it costs is time, one deadline per outage.
 *  (3) Whoever waits for another process looks at the record itself from time to time: a publication that was lost
 *      delays, it does not hang. A lease that is over is taken by one of those who wait.
 *  (4) A lease is given up with the write, after a failure, and when nobody wants the token any more.
 *  (5) A token obtained without the store is written when it is back, unless the store has a good one by then.
 */
import { type Clock, type RandomSource, sleep, uniform } from '@mintmark/runtime'
import type { Errand } from '../errand.ts'
import type { Report } from '../events.ts'
import type { Failure } from '../failure.ts'
import type { GrantedToken, Obtained } from '../granted-token.ts'
import { followerJitterMs, followerLookMs, followerLookSpread } from '../limits.ts'
import { Bell } from './bell.ts'
import type { FleetBreaker } from './fleet-breaker.ts'
import { KeyOutbox } from './key-outbox.ts'
import { KeyPause } from './key-pause.ts'
import { KeyRecord, type WrittenPublication } from './key-record.ts'
import type { Lease } from './lease.ts'
import type { Sealing } from './sealing.ts'
import { servesErrand } from './shared-entry.ts'
import type { LeaseAnswer, SharedCircuit, SharedRecord } from './shared-store.ts'
import type { StoreHealth } from './store-health.ts'
import type { Follower, RefusedByResource, RequestToken } from './token-store.ts'
import type { Tombstones } from './tombstones.ts'

/** The names of a key in the store. */
export interface KeyNames {
  readonly entry: string
  readonly pause: string
}

/** What a member of the fleet gives each of its keys. */
export interface SharedKeyParts {
  readonly names: KeyNames
  readonly follower: Follower
  readonly store: StoreHealth
  readonly sealing: Sealing
  readonly breaker: FleetBreaker
  readonly tombstones: Tombstones
  readonly clock: Clock
  readonly random: RandomSource
  readonly report: Report
  readonly leaseMs: number
  readonly nextOwner: () => string
  /** Turns an acquired lease into one that is extended, and given up at the latest when the member leaves. */
  readonly hold: (name: string, owner: string) => Lease
}

/** What one attempt is about. */
interface Attempt {
  readonly errand: Errand
  readonly request: RequestToken
  readonly signal: AbortSignal
}

/** How far an attempt came: to its end, or to another process that has the lease. */
type Turn =
  | { readonly isSettled: true; readonly obtained: Obtained }
  | { readonly isSettled: false; readonly waitMs: number }

/** A key as one member shares it. */
export class SharedKey {
  readonly #parts: SharedKeyParts
  readonly #record: KeyRecord
  readonly #outbox: KeyOutbox
  readonly #bell: Bell
  readonly #pause = new KeyPause()
  readonly #waiting = new Set<Errand>()

  constructor(parts: SharedKeyParts) {
    this.#parts = parts
    this.#record = new KeyRecord({ ...parts, name: parts.names.entry })
    this.#outbox = new KeyOutbox({ ...parts, record: this.#record })
    this.#bell = new Bell(parts.clock)
  }

  /** See `FollowedKey.obtain`. */
  async obtain(errand: Errand, request: RequestToken, signal: AbortSignal): Promise<Obtained> {
    // Most processes start in a fleet that has a token. A look takes nothing and tells nobody.
    if (errand.trigger === 'empty' && this.#refusal() === undefined) await this.#look(errand)
    this.#waiting.add(errand)
    try {
      for (;;) {
        const turn = this.#heard(errand) ?? (await this.#tryLease({ errand, request, signal }))
        // Another process may have succeeded meanwhile where this one failed.
        if (turn.isSettled)
          return turn.obtained.ok ? turn.obtained : (this.#came(errand) ?? turn.obtained)
        await this.#bell.wait(turn.waitMs, signal)
        if (this.#heard(errand) === undefined) await this.#stepBack(signal)
      }
    } finally {
      this.#waiting.delete(errand)
    }
  }

  /** See `FollowedKey.refused`. */
  async refused({ fingerprint, remainingMs }: RefusedByResource): Promise<void> {
    this.#record.retire(fingerprint)
    await this.#outbox.retire(fingerprint, this.#parts.clock.monotonicMs() + remainingMs)
  }

  /** Drops the shared entry, and the token of it in all processes. */
  async forget(): Promise<void> {
    await this.#outbox.clear()
  }

  /** The store is back. */
  async resume(): Promise<void> {
    await this.#outbox.resend()
  }

  /** Another process wrote an entry: here it is. */
  async hearWritten(publication: WrittenPublication): Promise<void> {
    const granted = await this.#record.acceptPushed(publication)
    if (granted === undefined) return
    this.#pause.succeeded()
    // Whoever waits for it takes it from here, as the outcome of its own attempt.
    const isTaken = [...this.#waiting].some((errand) => this.#serves(granted, errand))
    if (!isTaken) this.#parts.follower.adopt(granted)
    this.#bell.ring()
  }

  /** A lease was given up, or something may have been missed. */
  hearRelease(): void {
    this.#bell.ring()
  }

  /** A token was refused, or forgotten. */
  hearRetired(fingerprint: string): void {
    const { follower, report } = this.#parts
    const wasLatest = this.#record.retire(fingerprint)
    if (wasLatest) report({ type: 'token_retired', request: follower.label, fingerprint })
    follower.retireToken(fingerprint)
  }

  /** The whole fleet pauses, or need not any more. */
  hearPause(circuit: SharedCircuit | undefined): void {
    this.#pause.hear(circuit, this.#parts.clock.monotonicMs())
    this.#bell.ring()
  }

  /** A token, or a reason not to ask for one, that came in while nobody looked. */
  #heard(errand: Errand): Turn | undefined {
    const obtained = this.#came(errand)
    if (obtained !== undefined) return settled(obtained)
    const failure = this.#refusal()
    return failure === undefined ? undefined : settled({ ok: false, failure })
  }

  /** A token that came in while nobody looked. */
  #came(errand: Errand): Obtained | undefined {
    const { latest } = this.#record
    if (latest === undefined || !this.#serves(latest, errand)) return undefined
    return obtainedFrom(latest)
  }

  #serves(granted: GrantedToken, errand: Errand): boolean {
    return servesErrand(granted, errand, this.#parts.clock.monotonicMs())
  }

  #refusal(): Failure | undefined {
    return this.#pause.refusal(this.#parts.clock.monotonicMs())
  }

  async #look(errand: Errand): Promise<void> {
    const { store, clock, names } = this.#parts
    const askedAtMonotonicMs = clock.monotonicMs()
    const name = names.entry
    const answer = await store.attempt({ name, run: (driver) => driver.read(name) })
    if (answer.ok) await this.#record.accept(answer.value, errand, askedAtMonotonicMs)
  }

  async #tryLease(attempt: Attempt): Promise<Turn> {
    const { store, clock, names, leaseMs, nextOwner, hold } = this.#parts
    const name = names.entry
    // Each time another owner: what an earlier attempt still has under way cannot touch the lease of this one.
    const owner = nextOwner()
    const askedAtMonotonicMs = clock.monotonicMs()
    const answer = await store.attempt<LeaseAnswer>({
      name,
      run: (driver) => driver.acquire(name, owner, leaseMs),
      onLate: async (_answer, driver) => driver.release(name, owner),
    })
    if (!answer.ok) return settled(await this.#requestAlone(attempt))
    const { isAcquired, record } = answer.value
    const lease = isAcquired ? hold(name, owner) : undefined
    const fence = this.#record.fence(record)
    try {
      const granted = await this.#record.accept(record, attempt.errand, askedAtMonotonicMs)
      if (granted !== undefined) return settled(obtainedFrom(granted))
      if (lease === undefined) return { isSettled: false, waitMs: this.#lookAfterMs(record) }
      return settled(await this.#requestUnder(lease, fence, attempt))
    } finally {
      void lease?.end()
    }
  }

  #lookAfterMs({ leaseRemainingMs }: SharedRecord): number {
    const spread = 1 + followerLookSpread * uniform(this.#parts.random)
    return Math.min(leaseRemainingMs, followerLookMs * spread)
  }

  /** Everybody who waited was woken at the same time. */
  #stepBack(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts
    return sleep(clock, followerJitterMs * uniform(random), signal)
  }

  async #requestUnder(
    lease: Lease,
    fence: number,
    { request, signal }: Attempt,
  ): Promise<Obtained> {
    signal.throwIfAborted()
    const obtained = await request(signal)
    if (!obtained.ok) {
      await this.#spread(obtained.failure)
      return obtained
    }
    this.#noteOwn(obtained.granted)
    if (await this.#outbox.write(obtained.granted, fence, lease.owner)) lease.spend()
    return obtained
  }

  async #requestAlone({ request, signal }: Attempt): Promise<Obtained> {
    const obtained = await request(signal)
    if (!obtained.ok) return obtained
    this.#noteOwn(obtained.granted)
    this.#outbox.keep(obtained.granted)
    return obtained
  }

  #noteOwn(granted: GrantedToken): void {
    this.#pause.succeeded()
    this.#record.note(granted)
  }

  /** Tells the fleet of a failure, before the lease is given up: whoever waits hears of the failure first. */
  async #spread(failure: Failure): Promise<void> {
    const { store, clock, breaker, names } = this.#parts
    const { code, retryAfterMs } = failure
    const pauseMs = this.#pause.failed(failure, clock.monotonicMs())
    if (pauseMs === undefined) return
    if (code === 'rate_limited' && retryAfterMs !== undefined) {
      await breaker.pause(failure, retryAfterMs)
    }
    const name = names.pause
    await store.attempt({
      name,
      run: (driver) => driver.openCircuit(name, code, pauseMs, pauseMs),
    })
  }
}

function settled(obtained: Obtained): Turn {
  return { isSettled: true, obtained }
}

/** A token that another process asked for. */
function obtainedFrom(granted: GrantedToken): Obtained {
  return { ok: true, granted, requests: 0 }
}
