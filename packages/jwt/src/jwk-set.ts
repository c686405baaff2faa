/**
 * JWK Sets (RFC 7517 section 5): what an issuer publishes, and the choice of the one key a token
 * names.
 */
import {
  accepted,
  isJsonObject,
  type JsonViolation,
  member,
  type Parsed,
  parseJsonObject,
  refused,
} from '@mintmark/protocol'
import { entryOf, type SignatureAlgorithm } from './algorithms.ts'
import { type PublicJwk, parsePublicJwk, publicJwkOf } from './jwk.ts'
import { jwkSetBytesMax, jwkSetDepthMax, jwkSetKeysMax } from './limits.ts'

/** The usable keys of a set. */
export interface JwkSet {
  readonly keys: readonly PublicJwk[]
  /**
   * Keys left out because we have no use for them, or must not use them (private and symmetric
   * ones).
   */
  readonly skipped: number
}

/** Why a document is not a key set to work with. */
export type JwkSetViolation = JsonViolation | 'keys_missing' | 'too_many_keys' | 'no_usable_key'

/** Why a set holds no key for a token. */
export type KeySelectionViolation = 'no_matching_key' | 'ambiguous_key'

/** What a token says about its key. */
export interface WantedKey {
  readonly alg: SignatureAlgorithm
  readonly kid: string | undefined
}

/**
 * Parses a JWK Set document.
 *
 * Keys that {@link parsePublicJwk} refuses are left out and counted (RFC 7517 section 5 asks for
 * that), but a set that leaves no key at all is refused: it must never replace one that works.
 * Refuses more than 64 keys.
 */
export function parseJwkSet(text: string): Parsed<JwkSet, JwkSetViolation> {
  const document = parseJsonObject(text, { depthMax: jwkSetDepthMax, lengthMax: jwkSetBytesMax })
  if (!document.ok) return document
  const listed = member(document.value, 'keys')
  if (!Array.isArray(listed)) return refused('keys_missing')
  if (listed.length > jwkSetKeysMax) return refused('too_many_keys')
  const keys: PublicJwk[] = []
  for (const value of listed) {
    const parsed = isJsonObject(value) ? parsePublicJwk(value) : undefined
    if (parsed?.ok) keys.push(parsed.value)
  }
  if (keys.length === 0) return refused('no_usable_key')
  return accepted({ keys, skipped: listed.length - keys.length })
}

/**
 * The JWK Set document of some keys: their public members only, even when a private key is passed.
 */
export function serialiseJwkSet(keys: readonly PublicJwk[]): string {
  return JSON.stringify({ keys: keys.map(publicJwkOf) })
}

/**
 * Chooses the one key that a token may be verified with.
 *
 * A `kid` has to match exactly (RFC 7515 section 4.1.4); without one there must be only one key for
 * the algorithm. Two keys that fit are no key: trying both would let the wrong one vouch.
 */
export function selectKey<Key extends Pick<PublicJwk, 'kid' | 'alg' | 'kty' | 'crv'>>(
  keys: readonly Key[],
  wanted: WantedKey,
): Parsed<Key, KeySelectionViolation> {
  const { kty, crv } = entryOf(wanted.alg).key
  const fitting = keys.filter(
    (key) =>
      (wanted.kid === undefined || key.kid === wanted.kid) &&
      (key.alg === undefined || key.alg === wanted.alg) &&
      key.kty === kty &&
      key.crv === crv,
  )
  const [chosen, second] = fitting
  if (chosen === undefined) return refused('no_matching_key')
  return second === undefined ? accepted(chosen) : refused('ambiguous_key')
}
