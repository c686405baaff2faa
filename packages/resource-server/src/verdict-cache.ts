/**
 * Admissions of tokens seen before, so that a token is parsed and its signature checked once.
 *
 * Invariants
 *  (1) Only an admitted token enters. Its grammar is canonical, so it has one spelling; a look-up compares the whole
 *      token. The index alone, a slice of the signature, therefore proves nothing and needs no secrecy.
 *  (2) An entry is found only at an instant for which the clock check would answer the same: not before `nbf` and
 *      `iat` less the tolerance (a wall clock may step back behind them), and not from `exp` plus tolerance on.
 *  (3) An entry is found only while its issuer's key set vouches for the generation it was judged under; so it dies
 *      when a key disappears, and is not found while nobody knows whether one did.
 *  (4) The charged bytes of all entries never exceed the bound. The oldest entry leaves first.
 *  (5) A look-up parses, copies and waits for nothing.
 *
 * Whoever holds many good tokens can push out the entries of others. That costs signature checks, nothing else.
 */
import type { WantedKey } from '@mintmark/jwt'
import type { AccessTokenValue, Confirmation } from '@mintmark/protocol'
import { indexCharacters, verdictBytes, verdictBytesPerCharacter } from './limits.ts'
import type { FeedFollower } from './revocation/feed-follower.ts'
import type { RevocationCheck } from './revocation/revocation-check.ts'
import type { Admission } from './verdict.ts'

/** Somebody's word on whether what was verified earlier would still be verified now: usually a key set's. */
export interface KeyVoucher {
  /**
   * @param generation - The key set's generation at the time.
   * @param wanted - The key that the token names.
   */
  vouchesFor(generation: number, wanted: WantedKey): boolean
}

/** An admission with everything that can end it. */
export interface CachedVerdict {
  readonly token: AccessTokenValue
  readonly admission: Admission<unknown>
  /** A settled promise of the admission, made once so that answering makes none. */
  readonly settled: Promise<Admission<unknown>>
  /** Claim `cnf`: what whoever presents the token has to prove each time; `undefined` for a bearer token. */
  readonly confirmation: Confirmation | undefined
  /** The revocation feed that is followed for its issuer, and what that is asked. `undefined` where none is. */
  readonly feed: FeedFollower | undefined
  readonly revocation: RevocationCheck | undefined
  /**
   * The generation of that feed by which the token was cleared last; -1 before. Here and not in the check, so that a
   * token seen again touches no object of its own but this one.
   */
  clearedInGeneration: number
  readonly keys: KeyVoucher
  /** The key that the token names. */
  readonly wanted: WantedKey
  /** The key set's generation, read before the key was looked up. */
  readonly generation: number
  /**
   * Wall time from which the token counts as valid: `nbf` or `iat`, whichever is later, less the tolerance. Like the
   * next a whole number as a rule, which the engine keeps in place, where it has an object for any other.
   */
  readonly validFromWallSeconds: number
  /** Wall time from which the token counts as expired: `exp` plus tolerance. */
  readonly expiresAtWallSeconds: number
  /** Whether it stands on an answer of the issuer, who can be asked again. */
  readonly isIntrospected: boolean
}

/** Whatever hides a token's text and gives it away when asked by name. */
type Revealable = Pick<AccessTokenValue, 'reveal'>

/** The verdict cache of one guard. Not to be shared: another guard may ask for more than this one did. */
export class VerdictCache {
  readonly #bytesMax: number
  readonly #entries = new Map<string, CachedVerdict>()
  #bytes = 0

  /** @param bytesMax - Bound on the charged bytes; 0 keeps nothing. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Entries held, live or not. */
  get size(): number {
    return this.#entries.size
  }

  /** What the entries are charged for, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** The live verdict on exactly this token, or `undefined`. An entry found dead is dropped. */
  find(token: Revealable, nowWallSeconds: number): CachedVerdict | undefined {
    const text = token.reveal()
    const index = indexOf(text)
    const entry = this.#entries.get(index)
    if (entry === undefined || entry.token.reveal() !== text) return undefined
    if (isLive(entry, nowWallSeconds)) return entry
    this.#drop(index, entry)
    return undefined
  }

  /** Keeps a verdict, in place of one for a token with the same index. One too large for the bound is not kept. */
  keep(entry: CachedVerdict): void {
    const cost = costOf(entry)
    if (cost > this.#bytesMax) return
    const index = indexOf(entry.token.reveal())
    const replaced = this.#entries.get(index)
    if (replaced !== undefined) this.#drop(index, replaced)
    this.#makeRoom(cost)
    this.#entries.set(index, entry)
    this.#bytes += cost
  }

  /** Drops the verdict on exactly this token, if there is one. */
  forget(token: Revealable): void {
    const text = token.reveal()
    const index = indexOf(text)
    const entry = this.#entries.get(index)
    if (entry !== undefined && entry.token.reveal() === text) this.#drop(index, entry)
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  /** A `Map` iterates in the order of insertion, so the first entry is the oldest. */
  #makeRoom(cost: number): void {
    for (const [index, entry] of this.#entries) {
      if (this.#bytes + cost <= this.#bytesMax) return
      this.#drop(index, entry)
    }
  }

  #drop(index: string, entry: CachedVerdict): void {
    this.#entries.delete(index)
    this.#bytes -= costOf(entry)
  }
}

function indexOf(text: string): string {
  return text.slice(-indexCharacters)
}

/** The keys are asked last: asking may start a renewal of the key set, and a dead entry is no reason for one. */
function isLive(entry: CachedVerdict, nowWallSeconds: number): boolean {
  return (
    nowWallSeconds >= entry.validFromWallSeconds &&
    nowWallSeconds < entry.expiresAtWallSeconds &&
    entry.keys.vouchesFor(entry.generation, entry.wanted)
  )
}

function costOf(entry: CachedVerdict): number {
  return verdictBytes + verdictBytesPerCharacter * entry.token.reveal().length
}
