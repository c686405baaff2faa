/**
 * The nonces that servers want to see in proofs (RFC 9449 sections 8 and 9), one per origin.
 *
 * Invariants
 *  (1) The last nonce of an origin is the one that counts, and it goes to no other origin.
 *  (2) What is no nonce by the grammar of section 8.1, or is longer than any honest one, is as good as not sent.
 *  (3) At most `nonceOriginsMax` origins are remembered; the one that changed its nonce longest ago goes first.
 */
import { nonceLengthMax, nonceOriginsMax } from '../limits.ts'

/** The nonces of one client. */
export class NonceBook {
  readonly #nonces = new Map<string, string>()

  /** The nonce for the next proof to `origin`, if it wants one. */
  nonceFor(origin: string): string | undefined {
    return this.#nonces.get(origin)
  }

  /** Takes note of what `origin` sent in `DPoP-Nonce`. Tells whether it is a nonce. */
  learn(origin: string, nonce: string | null): boolean {
    if (nonce === null || nonce.length > nonceLengthMax || !NONCE.test(nonce)) return false
    if (this.#nonces.get(origin) === nonce) return true
    this.#nonces.delete(origin)
    this.#nonces.set(origin, nonce)
    const [oldest] = this.#nonces.keys()
    if (this.#nonces.size > nonceOriginsMax && oldest !== undefined) this.#nonces.delete(oldest)
    return true
  }
}

/** One or more NQCHAR (RFC 6749 appendix A). Two header fields, joined by a comma and a space, are none. */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]+$/
