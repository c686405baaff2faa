/** The answers of a remote key set. */
import type { VerificationKey } from './signature-engine.ts'

/**
 * Why there is no key for a token. `unknown_key` and `ambiguous_key` are the issuer's own word, and
 * the token's fault; `keys_unavailable` means that the issuer could not be asked, which says
 * nothing about the token.
 */
export type KeyRefusal =
  | { readonly refusal: 'unknown_key' | 'ambiguous_key' }
  | {
      readonly refusal: 'keys_unavailable'
      /** When asking again can make a difference: whole seconds, at least 1. */
      readonly retryAfterSeconds: number
    }

/** A key, or why there is none. */
export type KeyLookup = VerificationKey | KeyRefusal

/** Tells the two kinds of answer apart. */
export function isKeyRefusal(lookup: KeyLookup): lookup is KeyRefusal {
  return 'refusal' in lookup
}
