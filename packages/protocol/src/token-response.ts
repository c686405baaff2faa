/**
 * What the token endpoint answers when it grants a token (RFC 6749 section 5.1), both directions.
 *
 * Reading is strict, because a wrongly read answer is kept and used for hours. The one deviation
 * always granted is `expires_in` as a string of digits, which several large servers send. Values
 * that cannot be what they claim are refused rather than guessed.
 */
import {
  type JsonObject,
  type JsonValue,
  type JsonViolation,
  member,
  parseJsonObject,
} from './json-object.ts'
import {
  accessTokenLengthMax,
  lifetimeSecondsMax,
  tokenResponseDepthMax,
  tokenResponseLengthMax,
  tokenTypeLengthMax,
} from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { type AccessTokenValue, redact } from './redacted.ts'
import type { ScopeSet } from './scope.ts'
import { readScopeMember } from './scope-member.ts'

/** A successful token response. */
export interface TokenResponse {
  readonly accessToken: AccessTokenValue
  /** As sent, so of any case; compare without case. */
  readonly tokenType: string
  /** Whole seconds from 0 to ten years, counted from the response; `undefined` when not sent. */
  readonly expiresInSeconds: number | undefined
  /** `undefined` when not sent, which means: as requested (RFC 6749 section 5.1). */
  readonly scope: ScopeSet | undefined
  /**
   * When the server wants to be asked again, in seconds (Microsoft Entra ID); `undefined` when not
   * sent or unusable.
   */
  readonly refreshInSeconds: number | undefined
}

/** Deviations from the standard that a particular server is known for. All off by default. */
export interface TokenResponseLeniency {
  /** Reads a missing `token_type` as `Bearer`. A malformed one stays refused. */
  readonly tokenTypeMissing?: boolean
}

/** Why a body is not a successful token response. */
export type TokenResponseViolation =
  | JsonViolation
  | 'access_token_missing'
  | 'access_token_malformed'
  | 'token_type_missing'
  | 'token_type_malformed'
  | 'expires_in_malformed'
  | 'scope_malformed'
  | 'error_in_success'

/**
 * Parses the body of a 200 answer of the token endpoint.
 *
 * Refuses what is not a strict JSON object of at most 64 KiB; an `error` member; an access token
 * that is missing, empty, longer than 16 KiB or not of visible ASCII; a token type likewise (64
 * characters); `expires_in` that is negative, not finite, `null` or text other than 1 to 10 digits;
 * a scope outside its grammar, the empty text excepted, which counts as not sent. Never throws.
 * Does not judge which token types are usable, and does not look inside the token.
 */
export function parseTokenResponse(
  text: string,
  leniency: TokenResponseLeniency = {},
): Parsed<TokenResponse, TokenResponseViolation> {
  const json = parseJsonObject(text, bodyLimits)
  if (!json.ok) return json
  if ((member(json.value, 'error') ?? null) !== null) return refused('error_in_success')
  const accessToken = readAccessToken(json.value)
  if (!accessToken.ok) return accessToken
  const tokenType = readTokenType(json.value, leniency)
  if (!tokenType.ok) return tokenType
  const expiresIn = readSeconds(member(json.value, 'expires_in'))
  if (!expiresIn.ok) return expiresIn
  const scope = readScopeMember(json.value)
  if (!scope.ok) return refused('scope_malformed')
  const refreshIn = readSeconds(member(json.value, 'refresh_in'))
  return accepted({
    accessToken: accessToken.value,
    tokenType: tokenType.value,
    expiresInSeconds: expiresIn.value,
    scope: scope.value,
    // A hint: what cannot be read is as good as not sent.
    refreshInSeconds: refreshIn.ok ? refreshIn.value : undefined,
  })
}

/** What our token endpoint answers. */
export interface TokenResponseDraft {
  readonly accessToken: string
  readonly tokenType: string
  readonly expiresInSeconds: number
  /** Left out when `undefined`. */
  readonly scope?: string | undefined
}

/** Writes a successful token response. The result contains the access token. */
export function serialiseTokenResponse(draft: TokenResponseDraft): string {
  return JSON.stringify({
    access_token: draft.accessToken,
    token_type: draft.tokenType,
    expires_in: draft.expiresInSeconds,
    scope: draft.scope,
  })
}

const bodyLimits = { depthMax: tokenResponseDepthMax, lengthMax: tokenResponseLengthMax }

const VISIBLE_ASCII = /^[\x21-\x7e]+$/
const DIGITS = /^\d{1,10}$/

function readAccessToken(
  body: JsonObject,
): Parsed<AccessTokenValue, 'access_token_missing' | 'access_token_malformed'> {
  const token = member(body, 'access_token') ?? null
  if (token === null) return refused('access_token_missing')
  if (typeof token !== 'string' || token.length > accessTokenLengthMax) {
    return refused('access_token_malformed')
  }
  if (!VISIBLE_ASCII.test(token)) return refused('access_token_malformed')
  return accepted(redact('access token', token))
}

function readTokenType(
  body: JsonObject,
  leniency: TokenResponseLeniency,
): Parsed<string, 'token_type_missing' | 'token_type_malformed'> {
  const type = member(body, 'token_type')
  if (type === undefined) {
    return leniency.tokenTypeMissing === true ? accepted('Bearer') : refused('token_type_missing')
  }
  if (typeof type !== 'string' || type.length > tokenTypeLengthMax || !VISIBLE_ASCII.test(type)) {
    return refused('token_type_malformed')
  }
  return accepted(type)
}

function readSeconds(
  value: JsonValue | undefined,
): Parsed<number | undefined, 'expires_in_malformed'> {
  if (value === undefined) return accepted(undefined)
  const seconds = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) {
    return refused('expires_in_malformed')
  }
  // Adding zero turns the negative zero that JSON can write into the ordinary one.
  return accepted(Math.min(Math.floor(seconds), lifetimeSecondsMax) + 0)
}
