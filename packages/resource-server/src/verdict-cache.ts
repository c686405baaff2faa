/**
 * Admissions of tokens seen before, so that a token is parsed and its signature checked once.
 *
 * Invariants
 *  (1) Only an admitted token enters. Its grammar is canonical, so it has one spelling; a look-up compares the whole
 *      token. The index alone, made of the end of the signature, therefore proves nothing and needs no secrecy.
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
import type { Clock } from '@mintmark/runtime'
import { indexCharacters, verdictBytes, verdictBytesPerCharacter } from './limits.ts'
import type { Credentials } from './presented-token.ts'
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

/**
 * A verdict in the cache. One object with everything that a look-up reads, because a token seen before costs little
 * more than the memory that is touched for it; what is read each time comes first.
 */
class RememberedVerdict implements CachedVerdict {
  /** A token that comes again comes in the same field, and comparing whole fields takes none of them apart. */
  readonly #field: string
  readonly validFromWallSeconds: number
  readonly expiresAtWallSeconds: number
  readonly keys: KeyVoucher
  readonly generation: number
  readonly wanted: WantedKey
  readonly settled: Promise<Admission<unknown>>
  readonly admission: Admission<unknown>
  readonly confirmation: Confirmation | undefined
  readonly feed: FeedFollower | undefined
  clearedInGeneration: number
  readonly isIntrospected: boolean
  readonly revocation: RevocationCheck | undefined
  readonly token: AccessTokenValue
  /** What it is charged for: by the field, which a caller may have padded with spaces. */
  readonly bytes: number

  constructor(verdict: CachedVerdict, field: string, bytes: number) {
    this.#field = field
    this.bytes = bytes
    this.validFromWallSeconds = verdict.validFromWallSeconds
    this.expiresAtWallSeconds = verdict.expiresAtWallSeconds
    this.keys = verdict.keys
    this.generation = verdict.generation
    this.wanted = verdict.wanted
    this.settled = verdict.settled
    this.admission = verdict.admission
    this.confirmation = verdict.confirmation
    this.feed = verdict.feed
    this.clearedInGeneration = verdict.clearedInGeneration
    this.isIntrospected = verdict.isIntrospected
    this.revocation = verdict.revocation
    this.token = verdict.token
  }

  /** Whether it is about exactly this token. */
  isAbout(credentials: Credentials): boolean {
    return this.#field === credentials.revealField() || this.token.reveal() === credentials.reveal()
  }

  /** The keys are asked last: asking may start a renewal of the key set, and a dead entry is no reason for one. */
  isLiveAt(nowWallSeconds: number): boolean {
    return (
      nowWallSeconds >= this.validFromWallSeconds &&
      nowWallSeconds < this.expiresAtWallSeconds &&
      this.keys.vouchesFor(this.generation, this.wanted)
    )
  }
}

/** The verdict cache of one guard. Not to be shared: another guard may ask for more than this one did. */
export class VerdictCache {
  readonly #bytesMax: number
  readonly #entries = new Map<number, RememberedVerdict>()
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

  /**
   * The live verdict on exactly this token, or `undefined`. An entry found dead is dropped.
   *
   * @param clock - Read only where there is an entry: that takes longer than finding none.
   */
  find(credentials: Credentials, clock: Pick<Clock, 'wallMs'>): CachedVerdict | undefined {
    const index = indexOf(credentials)
    const entry = this.#entries.get(index)
    if (entry === undefined || !entry.isAbout(credentials)) return undefined
    if (entry.isLiveAt(clock.wallMs() / 1000)) return entry
    this.#drop(index, entry)
    return undefined
  }

  /**
   * Keeps the verdict on the token of these credentials, in place of one for a token with the same index. One too large
   * for the bound is not kept.
   */
  keep(verdict: CachedVerdict, credentials: Credentials): void {
    const field = credentials.revealField()
    const bytes = verdictBytes + verdictBytesPerCharacter * field.length
    if (bytes > this.#bytesMax) return
    const index = indexOf(credentials)
    const replaced = this.#entries.get(index)
    if (replaced !== undefined) this.#drop(index, replaced)
    this.#makeRoom(bytes)
    this.#entries.set(index, new RememberedVerdict(verdict, field, bytes))
    this.#bytes += bytes
  }

  /** Drops the verdict on exactly this token, if there is one. */
  forget(credentials: Credentials): void {
    const index = indexOf(credentials)
    const entry = this.#entries.get(index)
    if (entry?.isAbout(credentials)) this.#drop(index, entry)
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  /** A `Map` iterates in the order of insertion, so the first entry is the oldest. */
  #makeRoom(bytes: number): void {
    for (const [index, entry] of this.#entries) {
      if (this.#bytes + bytes <= this.#bytesMax) return
      this.#drop(index, entry)
    }
  }

  #drop(index: number, entry: RememberedVerdict): void {
    this.#entries.delete(index)
    this.#bytes -= entry.bytes
  }
}

/**
 * A number made of the last characters, which in a signature are as good as random. The text of a field is new to the
 * engine at every request: to look it up as a text would hash and copy it first.
 */
function indexOf(credentials: Credentials): number {
  const field = credentials.revealField()
  const start = Math.max(credentials.start, field.length - indexCharacters)
  let index = 0
  for (let at = start; at < field.length; at += 1) {
    index = Math.imul(index, INDEX_FACTOR) + field.charCodeAt(at)
  }
  return index & INDEX_MASK
}

const INDEX_FACTOR = 31
/** The engine keeps whole numbers up to here in place. */
const INDEX_MASK = 0x3f_ff_ff_ff
