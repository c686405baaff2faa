/**
 * A JWT access token (RFC 9068) with everything constant already written: for one client, scope set and audience only
 * `iat`, `exp` and `jti` differ from token to token.
 *
 * The constant claims are base64url-encoded once. Base64 works on groups of three bytes, so the encoded part ends at
 * the last whole group and the one or two bytes left over are encoded with the changing claims.
 */
import { encodeBase64urlText, type SigningKey } from '@mintmark/jwt'

/** The constant part of the tokens for one granted access. */
export interface AccessTokenTemplate {
  readonly clientId: string
  readonly scope: string
  readonly audience: readonly string[]
  readonly lifetimeSeconds: number
  readonly key: SigningKey
  /** `header.` and the encoded part of the constant claims. */
  readonly encodedPrefix: string
  /** What is left of the constant claims, still plain: up to two characters. */
  readonly plainRest: string
  /** The token response before and behind the token itself. */
  readonly responseHead: string
  readonly responseTail: string
}

/** One granted access and the key that signs for it. */
export interface GrantedAccess {
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
  /** At least one. */
  readonly audience: readonly string[]
  readonly lifetimeSeconds: number
  readonly key: SigningKey
  readonly tellsScope: boolean
}

/** Writes the constant part of the tokens for one granted access. All texts are ASCII by their grammars. */
export function createAccessTokenTemplate(access: GrantedAccess): AccessTokenTemplate {
  const { issuer, clientId, scope, audience, lifetimeSeconds, key } = access
  const header = encodeBase64urlText(JSON.stringify({ alg: key.alg, typ: 'at+jwt', kid: key.kid }))
  const claims = JSON.stringify({
    iss: issuer,
    sub: clientId,
    aud: audience.length === 1 ? audience[0] : audience,
    client_id: clientId,
    scope,
  })
  const constant = `${claims.slice(0, -1)},`
  const whole = constant.length - (constant.length % 3)
  return {
    clientId,
    scope,
    audience,
    lifetimeSeconds,
    key,
    encodedPrefix: `${header}.${encodeBase64urlText(constant.slice(0, whole))}`,
    plainRest: constant.slice(whole),
    responseHead: `{"token_type":"Bearer","expires_in":${lifetimeSeconds},"access_token":"`,
    responseTail: access.tellsScope ? `","scope":${JSON.stringify(scope)}}` : '"}',
  }
}

/** `iat` and `exp` as they stand in the claims; the same text for every token of a template in one second. */
export function timeClaims(template: AccessTokenTemplate, nowSeconds: number): string {
  return `"iat":${nowSeconds},"exp":${nowSeconds + template.lifetimeSeconds},"jti":"`
}

/** The JWS signing input (RFC 7515 section 5.1) of one token. */
export function signingInputOf(
  template: AccessTokenTemplate,
  nowSeconds: number,
  jti: string,
): string {
  const changing = `${template.plainRest}${timeClaims(template, nowSeconds)}${jti}"}`
  return template.encodedPrefix + encodeBase64urlText(changing)
}

/** The token response (RFC 6749 section 5.1) that carries `token`. */
export function tokenResponseOf(template: AccessTokenTemplate, token: string): string {
  return template.responseHead + token + template.responseTail
}
