/**
 * The compact serialisation of a signed token (RFC 7515 section 7.1), taken apart under one rule: the
 * octets of a token have exactly one text. Nothing here is trusted yet; the signature comes next.
 */
import { accepted, type Parsed, refused } from '@mintmark/protocol'
import { decodeBase64url } from './base64url.ts'
import { tokenLengthMax } from './limits.ts'
import {
  type HeaderViolation,
  type ProtectedHeader,
  parseProtectedHeader,
} from './protected-header.ts'

/** A token taken apart, its signature not yet verified. */
export interface CompactJws {
  readonly header: ProtectedHeader
  readonly payload: Uint8Array
  /** Header and payload as they were signed: the text up to the second dot. */
  readonly signingInput: string
  readonly signature: Uint8Array
}

/** Why a text is not a token we could verify. */
export type CompactViolation = 'token_too_long' | 'not_three_segments' | HeaderViolation

/** Where the segments of a compact token end. */
export interface SegmentEnds {
  readonly header: number
  readonly payload: number
}

/**
 * Takes a compact token apart.
 *
 * Refuses more than 8 KiB, anything but three non-empty segments, a segment that is not canonical
 * base64url, and a header that {@link parseProtectedHeader} refuses. Work is bounded by the length
 * before any of it is done. Does not verify the signature, and does not look into the payload.
 *
 * An ECDSA signature has a second valid form with another `s`, which whoever holds the token can
 * compute; so `jti`, not the text, names a token.
 */
export function parseCompact(token: string): Parsed<CompactJws, CompactViolation> {
  const ends = findSegments(token)
  if (!ends.ok) return ends
  const { header: headerEnd, payload: payloadEnd } = ends.value
  const header = parseProtectedHeader(token.slice(0, headerEnd))
  if (!header.ok) return header
  const payload = decodeBase64url(token.slice(headerEnd + 1, payloadEnd))
  const signature = decodeBase64url(token.slice(payloadEnd + 1))
  if (payload === undefined || signature === undefined) return refused('malformed_base64url')
  return accepted({
    header: header.value,
    payload,
    signingInput: token.slice(0, payloadEnd),
    signature,
  })
}

/** Finds the two dots between three non-empty segments. */
export function findSegments(
  token: string,
): Parsed<SegmentEnds, 'token_too_long' | 'not_three_segments'> {
  if (token.length > tokenLengthMax) return refused('token_too_long')
  const header = token.indexOf('.')
  const payload = token.indexOf('.', header + 1)
  const isThreeSegments =
    header > 0 &&
    payload > header + 1 &&
    payload < token.length - 1 &&
    token.indexOf('.', payload + 1) === -1
  return isThreeSegments ? accepted({ header, payload }) : refused('not_three_segments')
}
