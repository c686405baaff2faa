/**
 * The claims of an assertion that a client made itself, against what this server asks of them (RFC 7523 section 3 as
 * updated by RFC 10070). Pure; to be called on claims whose signature was verified.
 *
 * The audience decides who may use an assertion. One that names the token endpoint can be obtained by a malicious
 * server which claims that endpoint as its own; so it has to be our issuer identifier, alone and byte for byte.
 */
import { type JsonObject, type JsonValue, member } from '@mintmark/protocol'
import {
  assertionClockToleranceSeconds,
  assertionIdentifierLengthMax,
  assertionLifetimeSecondsMax,
} from '../../limits.ts'
import type { RefusalReason } from '../../refusal.ts'
import type { RefusalDetail } from '../../refusals/refusal-detail.ts'

/** What assertions are judged by. */
export interface ExpectedAssertion {
  readonly clientId: string
  readonly issuer: string
  /** What an audience used to be before RFC 10070: the URL that the assertion is sent to. */
  readonly tokenEndpoint: string
}

/** How an assertion names its audience: as RFC 10070 says, as it used to be done, or not us. */
export type AudienceStyle = 'strict' | 'legacy' | 'wrong'

/** What is known of an assertion that is good but for its audience and its being used again. */
export type JudgedAssertion =
  | {
      readonly ok: true
      readonly audience: AudienceStyle
      readonly jti: string
      /** From when on it is refused for its age, and need not be remembered any more. */
      readonly refusedFromWallMs: number
    }
  | RefusedAssertion

/** Why an assertion is refused, with numbers for the operator. */
export interface RefusedAssertion {
  readonly ok: false
  readonly reason: RefusalReason
  readonly detail?: RefusalDetail
}

/** Judges identity, times and identifier; says of the audience what it is. */
export function judgeAssertionClaims(
  claims: JsonObject,
  expected: ExpectedAssertion,
  nowWallMs: number,
): JudgedAssertion {
  const { clientId } = expected
  if (member(claims, 'iss') !== clientId || member(claims, 'sub') !== clientId) {
    return { ok: false, reason: 'assertion_issuer_wrong' }
  }
  const refused = refusalOfTimes(claims, nowWallMs / 1000, assertionLifetimeSecondsMax)
  if (refused !== undefined) return refused
  const jti = member(claims, 'jti')
  if (typeof jti !== 'string' || jti === '' || jti.length > assertionIdentifierLengthMax) {
    return { ok: false, reason: 'assertion_identifier_malformed' }
  }
  return {
    ok: true,
    audience: audienceStyle(member(claims, 'aud'), expected),
    jti,
    refusedFromWallMs: refusedFromSeconds(claims) * 1000,
  }
}

/**
 * Why an assertion is not valid now, or would be for too long: `exp` is required and at most `lifetimeSecondsMax`
 * ahead; `iat` and `nbf`, where they are, lie in the past. All with a tolerance for clocks that differ.
 */
export function refusalOfTimes(
  claims: JsonObject,
  nowSeconds: number,
  lifetimeSecondsMax: number,
): RefusedAssertion | undefined {
  const [exp, iat, nbf] = ['exp', 'iat', 'nbf'].map((name) => member(claims, name))
  if (!isInstant(exp) || !isOptionalInstant(iat) || !isOptionalInstant(nbf)) {
    return { ok: false, reason: 'assertion_times_malformed' }
  }
  const latest = nowSeconds + assertionClockToleranceSeconds
  if (nowSeconds >= exp + assertionClockToleranceSeconds) {
    const detail = { endedSecondsAgo: Math.floor(nowSeconds - exp) }
    return { ok: false, reason: 'assertion_expired', detail }
  }
  const start = Math.max(iat ?? 0, nbf ?? 0)
  if (start > latest) {
    const detail = { clockSkewSeconds: Math.ceil(start - nowSeconds) }
    return { ok: false, reason: 'assertion_not_yet_valid', detail }
  }
  if (exp > latest + lifetimeSecondsMax) {
    const detail = { lifetimeSeconds: Math.ceil(exp - nowSeconds) }
    return { ok: false, reason: 'assertion_lifetime_too_long', detail }
  }
  return undefined
}

/** `exp` with the tolerance. */
function refusedFromSeconds(claims: JsonObject): number {
  return (member(claims, 'exp') as number) + assertionClockToleranceSeconds
}

/** The one value of an audience; `undefined` when there are none or several (RFC 7519 section 4.1.3). */
export function soleAudience(audience: JsonValue | undefined): string | undefined {
  const sole = Array.isArray(audience) && audience.length === 1 ? audience[0] : audience
  return typeof sole === 'string' ? sole : undefined
}

function audienceStyle(
  audience: JsonValue | undefined,
  { issuer, tokenEndpoint }: ExpectedAssertion,
): AudienceStyle {
  if (soleAudience(audience) === issuer) return 'strict'
  const all = Array.isArray(audience) ? audience : [audience]
  // Also then nobody else may be named: whoever else was meant could have been the one who asked for it.
  const isOurs = all.length > 0 && all.every((one) => one === issuer || one === tokenEndpoint)
  return isOurs ? 'legacy' : 'wrong'
}

function isInstant(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value < 2 ** 53
}

function isOptionalInstant(value: JsonValue | undefined): value is number | undefined {
  return value === undefined || isInstant(value)
}

/** Issuer and subject as an assertion states them; the two are the same where a client speaks for itself. */
export function statedIdentity(claims: JsonObject): {
  readonly issuer: string | undefined
  readonly subject: string | undefined
} {
  const text = (name: string): string | undefined => {
    const value = member(claims, name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return { issuer: text('iss'), subject: text('sub') }
}
