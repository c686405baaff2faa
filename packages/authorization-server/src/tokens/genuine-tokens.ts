/**
 * Tokens of ours that were seen before, so that a signature or a seal is checked once.
 *
 * Invariants
 *  (1) What is remembered is what never changes: that a text is genuine, and its claims. Whether the token is active
 *      is judged each time.
 *  (2) A look-up compares the whole token; the index, a slice of its end, proves nothing.
 *  (3) A JWT is found only as long as the very key that verified it is the one that the key ring has.
 *  (4) The charged characters of all entries never exceed the bound. The oldest entry leaves first.
 */
import type { VerificationKey } from '@mintmark/jwt'
import type { AccessTokenClaims } from '@mintmark/protocol'
import { genuineTokenOverhead } from '../limits.ts'

/** A token that is genuine, active or not. */
export interface GenuineToken {
  readonly claims: AccessTokenClaims
  /** The key that its signature was verified with; `undefined` for an opaque token. */
  readonly key: VerificationKey | undefined
}

interface Entry extends GenuineToken {
  readonly text: string
}

/** As many characters at the end as tell tokens apart: 132 bits of a signature, or of the tag of a seal. */
const INDEX_CHARACTERS = 22

/** The memory of one server. */
export class GenuineTokens {
  readonly #charactersMax: number
  readonly #entries = new Map<string, Entry>()
  #characters = 0

  /** @param charactersMax - Bound on the charged characters; 0 keeps nothing. */
  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax
  }

  /** What the entries are charged for. */
  get characters(): number {
    return this.#characters
  }

  /** The token with exactly this text, if it was kept. */
  find(text: string): GenuineToken | undefined {
    const entry = this.#entries.get(text.slice(-INDEX_CHARACTERS))
    return entry?.text === text ? entry : undefined
  }

  /** Keeps a token, in place of one with the same index. */
  keep(text: string, { claims, key }: GenuineToken): void {
    const charge = text.length + genuineTokenOverhead
    if (charge > this.#charactersMax) return
    // Written anew: what was cut from a request body would keep the whole body in memory.
    const own = Buffer.from(text, 'latin1').toString('latin1')
    const index = own.slice(-INDEX_CHARACTERS)
    this.#drop(index)
    for (const oldest of this.#entries.keys()) {
      if (this.#characters + charge <= this.#charactersMax) break
      this.#drop(oldest)
    }
    this.#entries.set(index, { text: own, claims, key })
    this.#characters += charge
  }

  #drop(index: string): void {
    const entry = this.#entries.get(index)
    if (entry === undefined) return
    this.#entries.delete(index)
    this.#characters -= entry.text.length + genuineTokenOverhead
  }
}
