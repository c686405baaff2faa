/** The payload of a token as a claims set (RFC 7519 section 4), parsed strictly and not judged. */
import {
  type JsonObject,
  type JsonViolation,
  type Parsed,
  parseJsonObject,
  refused,
} from '@mintmark/protocol'
import { claimsDepthMax, tokenLengthMax } from './limits.ts'
import { decodeUtf8 } from './utf8.ts'

/** Why a payload is not a claims set. */
export type ClaimsViolation = 'not_utf8' | JsonViolation

/**
 * Parses a payload.
 *
 * Refuses octets that are not UTF-8, a byte order mark, what is not a JSON object, a member name
 * twice at any depth, and nesting beyond 16. Says nothing about what the claims mean, nor whether
 * anybody signed them.
 */
export function parseClaims(payload: Uint8Array): Parsed<JsonObject, ClaimsViolation> {
  const text = decodeUtf8(payload)
  if (text === undefined) return refused('not_utf8')
  return parseJsonObject(text, { depthMax: claimsDepthMax, lengthMax: tokenLengthMax })
}
