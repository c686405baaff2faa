/**
 * The record of one key as one process knows it: the newest token in it, and the highest generation that was ever seen.
 *
 * Invariants
 *  (1) A shared token counts only if it opens for its name and generation, passes the same judgement as a token
 *      response, and has no tombstone.
 *  (2) No entry below a generation that was seen here counts: a publication that is late is passed over, a record that
 *      went back in time is refused. Only what opened raises that generation, so nobody without the keys can.
 *  (3) A write is fenced by all that was seen when its lease was taken, and gets the generation after it: whoever wrote
 *      in between wins, and a store that lost its records is brought up to what its processes remember.
 */
import type { Clock } from '@mintmark/runtime'
import type { Errand } from '../errand.ts'
import type { Report, SharedEntryReason } from '../events.ts'
import type { GrantedToken } from '../granted-token.ts'
import type { Opened, Sealing } from './sealing.ts'
import { arrivalOf, endOf, parseEntry, serialiseEntry, servesErrand } from './shared-entry.ts'
import type { Publication, SharedRecord, SharedWrite } from './shared-store.ts'
import type { Follower } from './token-store.ts'
import type { Tombstones } from './tombstones.ts'

/** What reading and writing the record of a key needs. */
export interface KeyRecordParts {
  /** The name of the record in the store. */
  readonly name: string
  readonly follower: Follower
  readonly sealing: Sealing
  readonly tombstones: Tombstones
  readonly clock: Clock
  readonly report: Report
}

/** A publication of a new entry. */
export type WrittenPublication = Publication & { readonly kind: 'written' }

/** The record of one key, with what this process knows of it. */
export class KeyRecord {
  readonly #parts: KeyRecordParts
  #generation = 0
  #latest: GrantedToken | undefined

  constructor(parts: KeyRecordParts) {
    this.#parts = parts
  }

  get name(): string {
    return this.#parts.name
  }

  /** The newest token of this key that is known here and not retired. It may have ended. */
  get latest(): GrantedToken | undefined {
    return this.#latest
  }

  /** Takes note of a token that this process obtained itself. */
  note(granted: GrantedToken): void {
    this.#latest = granted
  }

  /** Lets go of the token with that fingerprint. Tells whether it was the newest. */
  retire(fingerprint: string): boolean {
    this.#parts.tombstones.add(fingerprint)
    if (this.#latest?.token.fingerprint !== fingerprint) return false
    this.#latest = undefined
    return true
  }

  /**
   * Takes the token out of a record, if it is what the errand set out for.
   *
   * @param askedAtMonotonicMs - When the record was asked for: from then on the token lives for as
   *   long as it says.
   */
  async accept(
    record: SharedRecord,
    errand: Errand,
    askedAtMonotonicMs: number,
  ): Promise<GrantedToken | undefined> {
    const { generation, sealed, remainingMs } = record
    if (sealed === undefined) return undefined
    if (generation < this.#generation) return this.#refuse('replayed')
    const granted = await this.#open(generation, sealed, askedAtMonotonicMs + remainingMs)
    if (granted === undefined || this.#isRetired(granted, record.tombstones)) return undefined
    if (!servesErrand(granted, errand, this.#parts.clock.monotonicMs())) return undefined
    return this.#adopt(granted)
  }

  /** Takes the token out of a publication, if it is news. */
  async acceptPushed(publication: WrittenPublication): Promise<GrantedToken | undefined> {
    const { generation, sealed, remainingMs } = publication
    if (generation <= this.#generation) return undefined
    const endsAtMonotonicMs = this.#parts.clock.monotonicMs() + remainingMs
    const granted = await this.#open(generation, sealed, endsAtMonotonicMs)
    // While it was opened another may have overtaken it.
    if (granted === undefined || generation < this.#generation) return undefined
    return this.#isRetired(granted, []) ? undefined : this.#adopt(granted)
  }

  /** The generation by which a write is fenced that begins with this reading of the record. */
  fence({ generation }: SharedRecord): number {
    return Math.max(this.#generation, generation)
  }

  /**
   * Seals a token of this process for a record that is not past `generation`.
   *
   * @returns `undefined` for a token that is not to be shared: it was granted for less than its key says, is refused
   *   already, or has ended.
   */
  async sealed(
    granted: GrantedToken,
    generation: number,
  ): Promise<Omit<SharedWrite, 'owner'> | undefined> {
    const { clock, sealing, name } = this.#parts
    const lifetimeMs = Math.floor(endOf(granted) - clock.monotonicMs())
    if (granted.isNarrowed || lifetimeMs <= 0 || this.#isRetired(granted, [])) return undefined
    try {
      const sealed = await sealing.seal(name, generation + 1, serialiseEntry(granted, clock))
      return { generation, sealed, lifetimeMs }
    } catch {
      // There have never been any keys. Nothing is shared in clear.
      return undefined
    }
  }

  /** Takes note of a generation that this process wrote. */
  wrote(generation: number): void {
    this.#generation = Math.max(this.#generation, generation)
  }

  #adopt(granted: GrantedToken): GrantedToken {
    const { clock, report, follower } = this.#parts
    const { fingerprint } = granted.token
    // Seen before, or of this process itself, which hears its own publications. Its renewal instant is drawn.
    if (fingerprint === this.#latest?.token.fingerprint) return this.#latest
    const remainingSeconds = (endOf(granted) - clock.monotonicMs()) / 1000
    this.#latest = granted
    report({ type: 'token_adopted', request: follower.label, fingerprint, remainingSeconds })
    return granted
  }

  async #open(
    generation: number,
    sealed: string,
    endsAtMonotonicMs: number,
  ): Promise<GrantedToken | undefined> {
    const { clock, follower } = this.#parts
    const opened = await this.#unsealed(generation, sealed)
    if (!opened.ok) return this.#refuse(opened.reason)
    this.#generation = Math.max(this.#generation, generation)
    const entry = parseEntry(opened.text)
    if (entry === undefined) return this.#refuse('not_usable')
    const arrival = arrivalOf(entry, endsAtMonotonicMs, clock)
    const judged = await follower.judge(entry.response, arrival)
    return judged.ok ? judged.granted : this.#refuse('not_usable')
  }

  async #unsealed(generation: number, sealed: string): Promise<Opened> {
    try {
      return await this.#parts.sealing.open(this.#parts.name, generation, sealed)
    } catch {
      return { ok: false, reason: 'unknown_key' }
    }
  }

  #isRetired({ token }: GrantedToken, tombstones: readonly string[]): boolean {
    return tombstones.includes(token.fingerprint) || this.#parts.tombstones.has(token.fingerprint)
  }

  #refuse(reason: SharedEntryReason): undefined {
    const { report, follower } = this.#parts
    report({ type: 'shared_entry_refused', request: follower.label, reason })
    return undefined
  }
}
