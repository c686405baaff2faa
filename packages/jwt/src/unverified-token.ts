/** A token made readable for people, without any trust in it. */
import { accepted, type JsonObject, type Parsed, refused } from '@mintmark/protocol'
import { decodeBase64url } from './base64url.ts'
import { type ClaimsViolation, parseClaims } from './claims-set.ts'
import { findSegments } from './compact.ts'
import { parseHeaderObject } from './protected-header.ts'

/** Header and claims as somebody wrote them. */
export interface UnverifiedToken {
  readonly header: JsonObject
  readonly claims: JsonObject
}

/** Why a text is not even a readable token. */
export type UnverifiedViolation =
  | 'token_too_long'
  | 'not_three_segments'
  | 'malformed_base64url'
  | 'malformed_header'
  | ClaimsViolation

/**
 * Decodes a token for display.
 *
 * Same strictness of form as for verification, but any `alg`, `crit` or `typ` is shown rather than
 * refused. **Checks no signature, issuer or time**: nothing may be decided on the result.
 */
export function decodeUnverified(token: string): Parsed<UnverifiedToken, UnverifiedViolation> {
  const ends = findSegments(token)
  if (!ends.ok) return ends
  const header = parseHeaderObject(token.slice(0, ends.value.header))
  if (!header.ok) return header
  const payload = decodeBase64url(token.slice(ends.value.header + 1, ends.value.payload))
  const signature = decodeBase64url(token.slice(ends.value.payload + 1))
  if (payload === undefined || signature === undefined) return refused('malformed_base64url')
  const claims = parseClaims(payload)
  return claims.ok ? accepted({ header: header.value, claims: claims.value }) : claims
}
