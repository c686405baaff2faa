/**
 * The claims of an access token (RFC 9068 section 2.2, RFC 7519 section 4.1) against what a
 * resource server expects. Pure: the instant is an argument. To be called on claims whose signature
 * was verified; before that, every answer is somebody's wish.
 */
import {
  type AccessTokenClaims,
  accepted,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  member,
  type Parsed,
  refused,
} from '@mintmark/protocol'

/** What a resource server expects of the tokens it takes. */
export interface ExpectedClaims {
  /** The one issuer; compared by exact octets (RFC 9068 section 4). */
  readonly issuer: string
  /**
   * The names this resource server goes by. One of them has to be in `aud`; none is expected = none
   * fits.
   */
  readonly audiences: readonly string[]
  /** How far our clock may be off the issuer's, in seconds, either way. */
  readonly clockToleranceSeconds: number
  /** The longest acceptable `exp - iat`, in seconds; `undefined` for any. */
  readonly lifetimeSecondsMax: number | undefined
  /** How long after its `iat` a token may be used, in seconds, whatever its `exp` says. Default: any time. */
  readonly ageSecondsMax?: number | undefined
  /** Whether `jti` may be missing, as some issuers leave it out. Default `false` (RFC 9068 section 2.2). */
  readonly mayLackJti?: boolean
}

/** Why claims are not accepted. */
export type ClaimRefusal =
  | 'claim_missing'
  | 'claim_malformed'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_the_future'
  | 'lifetime_too_long'

/** For a token that may come without `jti` and does: what no `jti` can be. */
const NAMELESS = ''

/** Instants from here on cannot be told from their neighbours. */
const INSTANT_END = 2 ** 53

/**
 * Judges claims: form first, then issuer, audience, and times at `nowSeconds`.
 *
 * Refuses a required claim that is missing, a claim of the wrong type or empty (also an optional
 * one: a malformed `nbf` is not an absent one), and a `cnf` with neither of the confirmations we
 * know, which would otherwise pass as no confirmation. At {@link expirySecondsOf} plus the tolerance a token is
 * expired. The result holds the claims of {@link AccessTokenClaims} and no others; `jti` is empty
 * where it may be missing and is.
 *
 * Does not check `scope` beyond its being a string, nor `typ`, the proof that `cnf` asks for, or
 * revocation.
 *
 * @param nowSeconds - Seconds since 1970 on the wall clock, fractions allowed.
 */
export function checkAccessTokenClaims(
  claims: JsonObject,
  expected: ExpectedClaims,
  nowSeconds: number,
): Parsed<AccessTokenClaims, ClaimRefusal> {
  const written = writtenIn(claims)
  if (lacksOne(written, expected.mayLackJti === true)) return refused('claim_missing')
  const formed = formOf(written)
  if (formed === undefined) return refused('claim_malformed')
  const refusal = refusalOf(formed, expected, nowSeconds)
  return refusal === undefined ? accepted(formed) : refused(refusal)
}

/** When a token ends, in seconds since 1970: at its `exp`, or when it is too old, whichever comes first. */
export function expirySecondsOf(
  { exp, iat }: Pick<AccessTokenClaims, 'exp' | 'iat'>,
  { ageSecondsMax }: Pick<ExpectedClaims, 'ageSecondsMax'>,
): number {
  return ageSecondsMax === undefined ? exp : Math.min(exp, iat + ageSecondsMax)
}

function refusalOf(
  claims: AccessTokenClaims,
  expected: ExpectedClaims,
  nowSeconds: number,
): ClaimRefusal | undefined {
  const tolerance = expected.clockToleranceSeconds
  if (claims.iss !== expected.issuer) return 'wrong_issuer'
  if (!isForOneOf(claims.aud, expected.audiences)) return 'wrong_audience'
  if (nowSeconds >= expirySecondsOf(claims, expected) + tolerance) return 'expired'
  if (claims.nbf !== undefined && claims.nbf > nowSeconds + tolerance) return 'not_yet_valid'
  if (claims.iat > nowSeconds + tolerance) return 'issued_in_the_future'
  const lifetimeMax = expected.lifetimeSecondsMax
  if (lifetimeMax !== undefined && claims.exp - claims.iat > lifetimeMax) return 'lifetime_too_long'
  return undefined
}

function isForOneOf(aud: AccessTokenClaims['aud'], audiences: readonly string[]): boolean {
  return typeof aud === 'string'
    ? audiences.includes(aud)
    : aud.some((audience) => audiences.includes(audience))
}

/** The members of a claims set that are judged, as they were written. */
type WrittenClaims = Readonly<
  Record<Exclude<keyof AccessTokenClaims, 'authorization_details' | 'act'>, JsonValue | undefined>
>

function writtenIn(claims: JsonObject): WrittenClaims {
  return {
    iss: member(claims, 'iss'),
    sub: member(claims, 'sub'),
    aud: member(claims, 'aud'),
    exp: member(claims, 'exp'),
    iat: member(claims, 'iat'),
    nbf: member(claims, 'nbf'),
    jti: member(claims, 'jti'),
    client_id: member(claims, 'client_id'),
    scope: member(claims, 'scope'),
    cnf: member(claims, 'cnf'),
  }
}

/** Whether a claim is missing that RFC 9068 section 2.2 requires. */
function lacksOne(claims: WrittenClaims, mayLackJti: boolean): boolean {
  const { iss, sub, aud, exp, iat, jti, client_id } = claims
  return (
    iss === undefined ||
    sub === undefined ||
    aud === undefined ||
    exp === undefined ||
    iat === undefined ||
    client_id === undefined ||
    (jti === undefined && !mayLackJti)
  )
}

/** The claims with their types, or `undefined` if one has another. */
function formOf(written: WrittenClaims): AccessTokenClaims | undefined {
  const { iss, sub, aud, exp, iat, nbf, jti, client_id, scope, cnf } = written
  if (!isText(iss) || !isText(sub) || !isText(client_id)) return undefined
  if (jti !== undefined && !isText(jti)) return undefined
  if (!isAudience(aud) || !isInstant(exp) || !isInstant(iat)) return undefined
  if (nbf !== undefined && !isInstant(nbf)) return undefined
  if (scope !== undefined && typeof scope !== 'string') return undefined
  const confirmation = cnf === undefined ? undefined : confirmationOf(cnf)
  if (cnf !== undefined && confirmation === undefined) return undefined
  // Member by member: spreading three objects into one takes as long as all checks.
  const named = jti ?? NAMELESS
  const formed: Writable<AccessTokenClaims> = { iss, sub, aud, exp, iat, jti: named, client_id }
  if (nbf !== undefined) formed.nbf = nbf
  if (scope !== undefined) formed.scope = scope
  if (confirmation !== undefined) formed.cnf = confirmation
  return formed
}

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] }

/**
 * The confirmation by key thumbprint (RFC 9449 section 6.1) or by certificate (RFC 8705 section
 * 3.1).
 */
function confirmationOf(cnf: JsonValue): AccessTokenClaims['cnf'] {
  if (!isJsonObject(cnf)) return undefined
  const jkt = member(cnf, 'jkt')
  const x5t = member(cnf, 'x5t#S256')
  if (jkt === undefined && x5t === undefined) return undefined
  if (jkt !== undefined && !isText(jkt)) return undefined
  if (x5t !== undefined && !isText(x5t)) return undefined
  return {
    ...(jkt === undefined ? {} : { jkt }),
    ...(x5t === undefined ? {} : { 'x5t#S256': x5t }),
  }
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== ''
}

function isAudience(value: JsonValue | undefined): value is string | readonly string[] {
  return isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText))
}

function isInstant(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value < INSTANT_END
}
