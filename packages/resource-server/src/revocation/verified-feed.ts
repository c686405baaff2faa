/**
 * A revocation feed that its issuer vouches for: signature, type, issuer, validity and digest, in a straight line from
 * the document to its content.
 *
 * Invariants
 *  (1) The content is parsed behind a right signature over its digest only: 8 MiB of somebody else's are hashed at
 *      most.
 *  (2) A document that is not valid now, or claims to be for longer than any is, is none: a forgery made with a key
 *      that was lost must not be the newest for years.
 *  (3) A key that the document itself gives up does not vouch for it.
 */
import {
  encodeBase64url,
  isKeyRefusal,
  parseClaims,
  parseCompact,
  type RemoteJwkSet,
  type SignatureEngine,
  verifyCompact,
  type WantedKey,
} from '@mintmark/jwt'
import {
  accepted,
  type FeedClaims,
  type FeedViolation,
  type Parsed,
  parseFeedContent,
  type RevocationFeed,
  readFeedClaims,
  refused,
  revocationFeedType,
  splitFeed,
} from '@mintmark/protocol'
import type { Clock } from '@mintmark/runtime'
import { feedValiditySecondsMax } from '../limits.ts'

/** What a document is judged by. */
export interface FeedRules {
  readonly issuer: string
  readonly keys: Pick<RemoteJwkSet, 'keyFor'>
  readonly clockToleranceSeconds: number
  readonly engine: SignatureEngine
  readonly clock: Clock
}

/** A document that was verified. */
export interface VerifiedFeed {
  readonly claims: FeedClaims
  readonly content: RevocationFeed
  /** The key that signed it. */
  readonly signedBy: WantedKey
}

/** Why a document is not the issuer's word on what is revoked. */
export type FeedRefusal =
  | FeedViolation
  | 'malformed_claims'
  | 'wrong_type'
  | 'unknown_key'
  | 'keys_unavailable'
  | 'bad_signature'
  | 'wrong_issuer'
  | 'not_valid_now'
  | 'validity_too_long'
  | 'wrong_digest'
  | 'withdrawn_key'

/** Judges a document. Never rejects. Does not compare it with an earlier one. */
export async function verifyFeed(
  document: string,
  rules: FeedRules,
): Promise<Parsed<VerifiedFeed, FeedRefusal>> {
  const lines = splitFeed(document)
  if (!lines.ok) return lines
  const signed = await verifiedClaims(lines.value.signedClaims, rules)
  if (!signed.ok) return signed
  const { claims, signedBy } = signed.value
  const refusal = refusalOf(claims, rules)
  if (refusal !== undefined) return refused(refusal)
  const digest = await rules.engine.sha256(new TextEncoder().encode(lines.value.content))
  if (encodeBase64url(digest) !== claims.content_sha256) return refused('wrong_digest')
  const content = parseFeedContent(lines.value.content)
  if (!content.ok) return content
  if (signedBy.kid !== undefined && content.value.keys.has(signedBy.kid)) {
    return refused('withdrawn_key')
  }
  return accepted({ claims, content: content.value, signedBy })
}

async function verifiedClaims(
  signedClaims: string,
  { keys, engine }: FeedRules,
): Promise<Parsed<Omit<VerifiedFeed, 'content'>, FeedRefusal>> {
  const jws = parseCompact(signedClaims)
  if (!jws.ok) return refused('malformed_claims')
  const { header, payload } = jws.value
  if (header.typ !== revocationFeedType) return refused('wrong_type')
  const key = await keys.keyFor(header)
  if (isKeyRefusal(key)) {
    return refused(key.refusal === 'keys_unavailable' ? 'keys_unavailable' : 'unknown_key')
  }
  if (!(await verifyCompact(engine, jws.value, key))) return refused('bad_signature')
  const parsed = parseClaims(payload)
  if (!parsed.ok) return refused('malformed_claims')
  const claims = readFeedClaims(parsed.value)
  return claims.ok ? accepted({ claims: claims.value, signedBy: header }) : claims
}

function refusalOf(
  { iss, iat, exp }: FeedClaims,
  { issuer, clockToleranceSeconds, clock }: FeedRules,
): FeedRefusal | undefined {
  if (iss !== issuer) return 'wrong_issuer'
  const nowSeconds = clock.wallMs() / 1000
  const isValid =
    iat <= nowSeconds + clockToleranceSeconds && nowSeconds < exp + clockToleranceSeconds
  if (!isValid) return 'not_valid_now'
  return exp - iat > feedValiditySecondsMax ? 'validity_too_long' : undefined
}
