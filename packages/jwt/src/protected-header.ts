/**
 * The protected header of a token (RFC 7515 section 4), parsed strictly and remembered by its text:
 * the tokens of one key all begin with the same segment.
 *
 * Invariants
 *  (1) Only headers that were accepted are remembered, each under its exact segment.
 *  (2) The memory holds at most `headersRememberedMax` segments of at most
 *      `rememberedHeaderLengthMax` characters; the oldest goes first, so that a flood of invented
 *      headers costs time and not memory.
 *  (3) Members that name or carry a key (`jwk`, `jku`, `x5u`, `x5c`) are neither read nor followed.
 */
import {
  accepted,
  type JsonObject,
  member,
  type Parsed,
  parseJsonObject,
  refused,
} from '@mintmark/protocol'
import { algorithmEntry, type SignatureAlgorithm } from './algorithms.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import {
  headerDepthMax,
  headerLengthMax,
  headerMembersMax,
  headersRememberedMax,
  rememberedHeaderLengthMax,
  tokenLengthMax,
} from './limits.ts'
import { decodeUtf8 } from './utf8.ts'

/** The header members that matter for verification. */
export interface ProtectedHeader {
  readonly alg: SignatureAlgorithm
  readonly typ: string | undefined
  readonly kid: string | undefined
}

/** Why a protected header cannot be used. */
export type HeaderViolation =
  | 'malformed_base64url'
  | 'malformed_header'
  | 'critical_header'
  | 'algorithm_not_supported'

const LIMITS = {
  ...{ depthMax: headerDepthMax, membersMax: headerMembersMax, lengthMax: tokenLengthMax },
}

const remembered = new Map<string, Parsed<ProtectedHeader, never>>()

/**
 * Parses the first segment of a compact token.
 *
 * Refuses more than 4 KiB or 32 members, what is not strict JSON, any `crit` (RFC 7515 section 4.1.11: we understand no
 * extension), an `alg` outside the table, and a `typ` or `kid` that is not a string. Does not judge
 * what `typ` says.
 */
export function parseProtectedHeader(segment: string): Parsed<ProtectedHeader, HeaderViolation> {
  // Looking a text up takes as long as it is long.
  const isMemorable = segment.length <= rememberedHeaderLengthMax
  const known = isMemorable ? remembered.get(segment) : undefined
  if (known !== undefined) return known
  if (segment.length > headerLengthMax) return refused('malformed_header')
  const octets = decodeBase64url(segment)
  if (octets === undefined) return refused('malformed_base64url')
  const header = objectIn(octets)
  if (!header.ok) return header
  const judged = judgeHeader(header.value)
  if (judged.ok && isMemorable) remember(octets, judged)
  return judged
}

/** The JSON object in a header segment, with nothing judged but its form. */
export function parseHeaderObject(
  segment: string,
): Parsed<JsonObject, 'malformed_base64url' | 'malformed_header'> {
  const octets = decodeBase64url(segment)
  return octets === undefined ? refused('malformed_base64url') : objectIn(octets)
}

function objectIn(octets: Uint8Array): Parsed<JsonObject, 'malformed_header'> {
  const text = decodeUtf8(octets)
  if (text === undefined) return refused('malformed_header')
  const parsed = parseJsonObject(text, LIMITS)
  return parsed.ok ? parsed : refused('malformed_header')
}

function judgeHeader(header: JsonObject): Parsed<ProtectedHeader, HeaderViolation> {
  if (member(header, 'crit') !== undefined) return refused('critical_header')
  const alg = member(header, 'alg')
  const typ = member(header, 'typ')
  const kid = member(header, 'kid')
  if (typeof alg !== 'string' || !isOptionalText(typ) || !isOptionalText(kid)) {
    return refused('malformed_header')
  }
  const entry = algorithmEntry(alg)
  return entry === undefined
    ? refused('algorithm_not_supported')
    : accepted(Object.freeze({ alg: entry.name, typ, kid }))
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

/** The key is written anew: a segment cut from a token would keep the whole token in memory. */
function remember(octets: Uint8Array, header: Parsed<ProtectedHeader, never>): void {
  if (remembered.size >= headersRememberedMax) {
    const { value: oldest } = remembered.keys().next()
    if (oldest !== undefined) remembered.delete(oldest)
  }
  remembered.set(encodeBase64url(octets), header)
}
