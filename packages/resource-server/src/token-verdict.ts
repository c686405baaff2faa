/**
 * First sight of a token: everything that has to be right before it is admitted (RFC 9068 section 4), in a straight
 * line from the text to the claims. Revocation, possession and scope are the request's business and come later.
 *
 * Invariants
 *  (1) What can be refused without a key is refused before one is looked up, so garbage costs the issuer nothing.
 *  (2) Claims are judged behind a right signature only: an expired forgery is a forgery. Before it, only `iss` is
 *      read, and only to choose whose keys to ask for.
 *  (3) The key set's generation is read before the key is looked up. A set replaced in between ends the verdict at its
 *      next use; the other order would let it outlive the key.
 *  (4) The clock is read after the last wait, so that a token that expires meanwhile is expired.
 */
import {
  type ClaimRefusal,
  type CompactJws,
  type CompactViolation,
  checkAccessTokenClaims,
  type ExpectedClaims,
  expirySecondsOf,
  isKeyRefusal,
  type KeyLookup,
  type KeyRefusal,
  type MaybePromise,
  parseClaims,
  parseCompact,
  type SignatureEngine,
  verifyCompact,
} from '@mintmark/jwt'
import {
  type AccessTokenClaims,
  type AccessTokenValue,
  accepted,
  type IssuerIdentifier,
  type JsonObject,
  member,
  type Parsed,
  refused,
  type ScopeSet,
} from '@mintmark/protocol'
import type { Clock } from '@mintmark/runtime'
import { createAdmission, type VerifiedToken } from './admission.ts'
import type { ClaimsReader } from './claims-reader.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { type IssuerProfile, typeName } from './issuer-profile.ts'
import type { UnavailableCode } from './refusal.ts'
import type { FeedFollower } from './revocation/feed-follower.ts'
import { checkFor } from './revocation/revocation-check.ts'
import type { VerifiedClaims } from './verdict.ts'
import type { CachedVerdict } from './verdict-cache.ts'

/** A trusted issuer's keys, and what its tokens have to say. */
export interface IssuerTrust {
  readonly issuer: IssuerIdentifier
  readonly keys: IssuerKeys
  readonly expected: ExpectedClaims
  /** How its tokens say it. */
  readonly profile: IssuerProfile
  /** Its revocation feed, where that is followed. */
  readonly feed: FeedFollower | undefined
}

/** What tokens are judged by. */
export interface TokenRules {
  /** By issuer identifier. */
  readonly issuers: ReadonlyMap<string, IssuerTrust>
  readonly algorithms: ReadonlySet<string>
  /** Values of `typ` that tokens of any of the issuers may have; see `IssuerProfile`. */
  readonly types: ReadonlySet<string | undefined>
  readonly clock: Clock
  readonly engine: SignatureEngine
  /** See `createScopeReader`. */
  readonly readScope: (claim: string | undefined) => ScopeSet | undefined
  readonly readClaims: ClaimsReader
}

/** A verdict worth remembering, or the first rule that the token broke, or that nobody could say. */
export type TokenVerdict =
  | Parsed<CachedVerdict, TokenViolation>
  | {
      readonly ok: false
      readonly violation: UnavailableCode
      /** Seconds, at least 1. */
      readonly retryAfterSeconds: number
    }

/**
 * Judges tokens that were not seen before, each in the way of its kind, in place where it can. Neither throws nor
 * rejects for anything in the token or on the network. `isFresh`: an answer of the issuer that was made before will not
 * do.
 */
export type TokenJudge = (token: AccessTokenValue, isFresh: boolean) => MaybePromise<TokenVerdict>

/** The rules that a token can break by itself. */
export type TokenViolation =
  | 'malformed_token'
  | 'critical_header'
  | 'wrong_type'
  | 'algorithm_not_allowed'
  | 'unknown_key'
  | 'ambiguous_key'
  | 'bad_signature'
  | 'inactive'
  | 'claims_refused'
  | ClaimRefusal

/**
 * Judges a JWT: in place where the keys are there and the engine answers in place. Throws and rejects for
 * nothing in the token or on the network, only for a reader of claims that is none.
 */
export function judgeToken(token: AccessTokenValue, rules: TokenRules): MaybePromise<TokenVerdict> {
  const presented = readToken(token, rules)
  if (!presented.ok) return presented
  const { jws, trust } = presented.value
  const generation = trust.keys.generation
  const key = trust.keys.keyFor(jws.header)
  return key instanceof Promise
    ? key.then((later) => judgeWithKey(later, presented.value, generation, rules))
    : judgeWithKey(key, presented.value, generation, rules)
}

interface ReadToken {
  readonly token: AccessTokenValue
  readonly jws: CompactJws
  /** Its `typ`, see `typeName`. */
  readonly type: string | undefined
  readonly claims: JsonObject
  readonly trust: IssuerTrust
}

/** @param generation - The key set's, from before the key was looked up. */
function judgeWithKey(
  key: KeyLookup,
  presented: ReadToken,
  generation: number,
  rules: TokenRules,
): MaybePromise<TokenVerdict> {
  if (isKeyRefusal(key)) return withoutKey(key)
  const isRight = verifyCompact(rules.engine, presented.jws, key)
  if (typeof isRight !== 'boolean') {
    return isRight.then((later) => judgeSigned(later, presented, generation, rules))
  }
  return judgeSigned(isRight, presented, generation, rules)
}

/** @param isRight - Whether the signature is. */
function judgeSigned(
  isRight: boolean,
  presented: ReadToken,
  generation: number,
  rules: TokenRules,
): MaybePromise<TokenVerdict> {
  if (!isRight) return refused('bad_signature')
  const { token, jws, trust } = presented
  const verified = judgeClaims(presented, rules.clock.wallMs() / 1000, rules)
  if (!verified.ok) return verified
  const admission = createAdmission(verified.value, token, rules.engine)
  const { feed } = trust
  const times = timesOf(verified.value.claims, trust.expected)
  const verdict: CachedVerdict = {
    token,
    admission,
    settled: Promise.resolve(admission),
    confirmation: verified.value.claims.cnf,
    revocation: undefined,
    feed,
    clearedInGeneration: -1,
    keys: trust.keys,
    wanted: jws.header,
    generation,
    validFromWallSeconds: times.validFromWallSeconds,
    expiresAtWallSeconds: times.expiresAtWallSeconds,
    isIntrospected: false,
  }
  if (feed === undefined) return accepted(verdict)
  return checkFor(verified.value.claims, jws.header.kid, feed, rules.engine).then((revocation) =>
    accepted({ ...verdict, revocation }),
  )
}

/** Between which instants, in seconds since 1970, the clock check lets a token with these claims pass. */
export function timesOf(
  claims: Pick<AccessTokenClaims, 'exp' | 'iat' | 'nbf'>,
  expected: ExpectedClaims,
): Pick<CachedVerdict, 'validFromWallSeconds' | 'expiresAtWallSeconds'> {
  const { iat, nbf = iat } = claims
  const { clockToleranceSeconds } = expected
  return {
    validFromWallSeconds: Math.max(iat, nbf) - clockToleranceSeconds,
    expiresAtWallSeconds: expirySecondsOf(claims, expected) + clockToleranceSeconds,
  }
}

/** Everything that can be said without a key. */
function readToken(token: AccessTokenValue, rules: TokenRules): Parsed<ReadToken, TokenViolation> {
  const jws = parseCompact(token.reveal())
  if (!jws.ok) return refused(violationOf(jws.violation))
  const { header, payload } = jws.value
  const type = typeName(header.typ)
  if (!rules.types.has(type)) return refused('wrong_type')
  if (!rules.algorithms.has(header.alg)) return refused('algorithm_not_allowed')
  const claims = parseClaims(payload)
  if (!claims.ok) return refused('malformed_token')
  const issuer = member(claims.value, 'iss')
  const trust = typeof issuer === 'string' ? rules.issuers.get(issuer) : undefined
  if (trust === undefined) return refused('wrong_issuer')
  if (!trust.profile.types.has(type)) return refused('wrong_type')
  return accepted({ token, jws: jws.value, type, claims: claims.value, trust })
}

/** Everything that can be said about the claims of a JWT whose signature is right. */
function judgeClaims(
  { claims: written, type, trust }: ReadToken,
  nowWallSeconds: number,
  rules: TokenRules,
): Parsed<VerifiedToken, TokenViolation> {
  const claims = trust.profile.read(written, type)
  if (claims === undefined) return refused('wrong_type')
  return judgeNamedClaims(claims, trust.expected, nowWallSeconds, rules)
}

/** Judges claims by the names of RFC 9068 that the issuer stands for, by its signature or its answer. */
export function judgeNamedClaims(
  claims: JsonObject,
  expected: ExpectedClaims,
  nowWallSeconds: number,
  { readScope, readClaims }: TokenRules,
): Parsed<VerifiedToken, TokenViolation> {
  const checked = checkAccessTokenClaims(claims, expected, nowWallSeconds)
  if (!checked.ok) return checked
  const scope = readScope(checked.value.scope)
  if (scope === undefined) return refused('claim_malformed')
  const verified = claims as VerifiedClaims
  const shown = readClaims(verified)
  return shown === undefined
    ? refused('claims_refused')
    : accepted({ claims: verified, shown, scope })
}

function violationOf(violation: CompactViolation): TokenViolation {
  if (violation === 'critical_header') return 'critical_header'
  return violation === 'algorithm_not_supported' ? 'algorithm_not_allowed' : 'malformed_token'
}

function withoutKey(key: KeyRefusal): TokenVerdict {
  return key.refusal === 'keys_unavailable'
    ? { ok: false, violation: 'keys_unavailable', retryAfterSeconds: key.retryAfterSeconds }
    : refused(key.refusal)
}
