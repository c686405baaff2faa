/**
 * What one key has to tell the store: its new token, and which token was refused. What could not be told because the
 * store was away is kept, the newest of each, and told when it is back.
 */
import type { Clock } from '@mintmark/runtime'
import type { Errand } from '../errand.ts'
import type { Report } from '../events.ts'
import type { GrantedToken } from '../granted-token.ts'
import { marginSecondsMax } from '../limits.ts'
import type { KeyRecord } from './key-record.ts'
import { endOf } from './shared-entry.ts'
import type { StoreHealth } from './store-health.ts'
import type { Follower } from './token-store.ts'

/** What telling the store needs. */
export interface KeyOutboxParts {
  readonly record: KeyRecord
  readonly follower: Follower
  readonly store: StoreHealth
  readonly clock: Clock
  readonly report: Report
  readonly nextOwner: () => string
}

interface UntoldRefusal {
  readonly fingerprint: string
  readonly endsAtMonotonicMs: number
}

/** The outgoing side of one key. */
export class KeyOutbox {
  readonly #parts: KeyOutboxParts
  #unwritten: GrantedToken | undefined
  #untold: UntoldRefusal | undefined

  constructor(parts: KeyOutboxParts) {
    this.#parts = parts
  }

  /** Keeps a token that was obtained without the store. */
  keep(granted: GrantedToken): void {
    this.#unwritten = granted
  }

  /**
   * Writes a token of this process.
   *
   * @param fence - See `KeyRecord.fence`.
   * @returns Whether it was written, and with it any lease of `owner` given up.
   */
  async write(granted: GrantedToken, fence: number, owner: string): Promise<boolean> {
    const { store, record, report, follower } = this.#parts
    const { name } = record
    const entry = await record.sealed(granted, fence)
    if (entry === undefined) return false
    const answer = await store.attempt({
      name,
      run: (driver) => driver.write(name, { owner, ...entry }),
    })
    if (!answer.ok) {
      this.#unwritten = granted
      return false
    }
    if (answer.value === undefined) {
      report({ type: 'late_write_refused', request: follower.label })
      return false
    }
    record.wrote(answer.value)
    return true
  }

  /** Leaves a tombstone for a token that is not used from `endsAtMonotonicMs` on anyway. */
  async retire(fingerprint: string, endsAtMonotonicMs: number): Promise<void> {
    const { store, record, clock } = this.#parts
    const { name } = record
    // Others may use a token a little longer, with margins of their own.
    const lastsMs = Math.ceil(endsAtMonotonicMs - clock.monotonicMs()) + marginSecondsMax * 1000
    if (lastsMs <= 0) return
    const answer = await store.attempt({
      name,
      run: (driver) => driver.retire(name, fingerprint, lastsMs),
    })
    if (!answer.ok) this.#untold = { fingerprint, endsAtMonotonicMs }
  }

  /** Drops the entry, for all processes. */
  async clear(): Promise<void> {
    const { store, record } = this.#parts
    const { name, latest } = record
    // At once: the next call is not to find it.
    if (latest !== undefined) record.retire(latest.token.fingerprint)
    await store.attempt({ name, run: (driver) => driver.clear(name) })
    if (latest !== undefined) await this.retire(latest.token.fingerprint, endOf(latest))
  }

  /** Tells what is left to tell. */
  async resend(): Promise<void> {
    const untold = this.#untold
    const unwritten = this.#unwritten
    this.#untold = undefined
    this.#unwritten = undefined
    if (untold !== undefined) await this.retire(untold.fingerprint, untold.endsAtMonotonicMs)
    if (unwritten !== undefined) await this.#writeUnlessBetter(unwritten)
  }

  async #writeUnlessBetter(granted: GrantedToken): Promise<void> {
    const { store, record, clock, follower, nextOwner } = this.#parts
    const { name } = record
    const askedAtMonotonicMs = clock.monotonicMs()
    const answer = await store.attempt({ name, run: (driver) => driver.read(name) })
    if (!answer.ok) {
      this.#unwritten = granted
      return
    }
    const knownFingerprint = granted.token.fingerprint
    const errand: Errand = { trigger: 'due', knownFingerprint, minTtlSeconds: 0 }
    const fence = record.fence(answer.value)
    const better = await record.accept(answer.value, errand, askedAtMonotonicMs)
    if (better !== undefined) follower.adopt(better)
    else await this.write(granted, fence, nextOwner())
  }
}
