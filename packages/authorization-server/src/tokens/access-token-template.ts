/**
 * An access token with everything constant already written: for one client, scope set and audience only `iat`, `exp`,
 * `jti` and what the token is bound to differ from token to token. A JWT (RFC 9068) or an opaque token.
 *
 * The constant claims of a JWT are base64url-encoded once. Base64 works on groups of three bytes, so the encoded part
 * ends at the last whole group and the one or two bytes left over are encoded with the changing claims.
 */
import { encodeBase64urlText, type SigningKey } from '@mintmark/jwt'
import {
  type Actor,
  type AuthorizationDetail,
  accessTokenType,
  type Confirmation,
} from '@mintmark/protocol'
import { accessTokenLengthMax } from '../limits.ts'
import type { ShadowedOutcome } from '../policy/shadowed-outcome.ts'
import type { RequiredBinding } from '../sender-binding/bind-token.ts'
import { asciiJson } from './ascii-json.ts'
import { encodeOpaqueMembers } from './opaque-claims.ts'
import { opaqueTokenLength } from './opaque-token.ts'

/** The constant part of the tokens for one granted access. */
export interface AccessTokenTemplate {
  readonly clientId: string
  readonly scope: string
  readonly audience: readonly string[]
  readonly lifetimeSeconds: number
  readonly form: JwtForm | OpaqueForm
  /** `undefined`: nothing but what is written here. */
  readonly needs: IssuanceNeeds | undefined
  /** The token response behind the token type and behind the token itself. */
  readonly responseMiddle: string
  readonly responseTail: string
}

/** What issuing a token takes beside making it. */
export interface IssuanceNeeds {
  readonly binding: RequiredBinding
  /** What is to be told of each. */
  readonly shadowed: readonly ShadowedOutcome[]
}

/** A JWT, and the key that signs it. */
export interface JwtForm {
  readonly kind: 'jwt'
  readonly key: SigningKey
  /** `header.` and the encoded part of the constant claims. */
  readonly encodedPrefix: string
  /** What is left of the constant claims, still plain: up to two characters. */
  readonly plainRest: string
}

/** A sealed handle, and its constant claims. */
export interface OpaqueForm {
  readonly kind: 'opaque'
  readonly members: Uint8Array
}

/** One granted access and what its tokens are like. */
export interface GrantedAccess {
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
  /** At least one. */
  readonly audience: readonly string[]
  readonly lifetimeSeconds: number
  /** The key that signs JWTs; `undefined`: the tokens are opaque. */
  readonly key: SigningKey | undefined
  readonly tellsScope: boolean
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
  /** In whose place the client acts (RFC 8693); by default its own. */
  readonly subject?: string | undefined
  /** The client, and whoever acted before it, when it acts for somebody else. */
  readonly actor?: Actor | undefined
  readonly needs?: IssuanceNeeds | undefined
}

/**
 * Writes the constant part of the tokens for one granted access. All texts are ASCII: by their grammars, and
 * authorization details by escaping.
 */
export function createAccessTokenTemplate(access: GrantedAccess): AccessTokenTemplate {
  const { clientId, scope, audience, lifetimeSeconds, key } = access
  return {
    clientId,
    scope,
    audience,
    lifetimeSeconds,
    form: key === undefined ? opaqueForm(access) : jwtForm(access, key),
    needs: access.needs,
    responseMiddle: `","expires_in":${lifetimeSeconds},"access_token":"`,
    responseTail: `"${responseMembers(access)}}`,
  }
}

/** What the response says of the grant, each member with a comma before it. */
function responseMembers(access: GrantedAccess): string {
  const { scope, tellsScope, authorizationDetails, actor } = access
  if (actor !== undefined) {
    return `,"scope":${JSON.stringify(scope)},"issued_token_type":"${accessTokenType}"`
  }
  const told = tellsScope ? `,"scope":${JSON.stringify(scope)}` : ''
  if (authorizationDetails === undefined) return told
  return `${told},"authorization_details":${asciiJson(authorizationDetails)}`
}

/** Whether every token of a template is within what HTTP headers and verifiers take. */
export function fitsIntoToken({ form }: AccessTokenTemplate): boolean {
  const length =
    form.kind === 'opaque'
      ? opaqueTokenLength(form.members.length + CHANGING_LENGTH_MAX)
      : form.encodedPrefix.length + CHANGING_LENGTH_MAX + SIGNATURE_LENGTH_MAX
  return length <= accessTokenLengthMax
}

/** Instants, `jti` and both confirmations, encoded. */
const CHANGING_LENGTH_MAX = 320

/** Of an RSA key of 4096 bits, encoded, with its dot. */
const SIGNATURE_LENGTH_MAX = 684

function jwtForm(access: GrantedAccess, key: SigningKey): JwtForm {
  const { issuer, clientId, scope, audience, authorizationDetails, subject, actor } = access
  const header = encodeBase64urlText(JSON.stringify({ alg: key.alg, typ: 'at+jwt', kid: key.kid }))
  const claims = asciiJson({
    iss: issuer,
    sub: subject ?? clientId,
    aud: audience.length === 1 ? audience[0] : audience,
    client_id: clientId,
    scope,
    authorization_details: authorizationDetails,
    act: actor,
  })
  const constant = `${claims.slice(0, -1)},`
  const whole = constant.length - (constant.length % 3)
  return {
    kind: 'jwt',
    key,
    encodedPrefix: `${header}.${encodeBase64urlText(constant.slice(0, whole))}`,
    plainRest: constant.slice(whole),
  }
}

function opaqueForm(access: GrantedAccess): OpaqueForm {
  return { kind: 'opaque', members: encodeOpaqueMembers(access) }
}

/** The JWS signing input (RFC 7515 section 5.1) of one token. */
export function signingInputOf(
  form: JwtForm,
  lifetimeSeconds: number,
  nowSeconds: number,
  jti: string,
  confirmation?: Confirmation,
): string {
  const instants = `"iat":${nowSeconds},"exp":${nowSeconds + lifetimeSeconds},"jti":"`
  const end = confirmation === undefined ? '"}' : `","cnf":${JSON.stringify(confirmation)}}`
  return form.encodedPrefix + encodeBase64urlText(form.plainRest + instants + jti + end)
}

/** The token response (RFC 6749 section 5.1) that carries `token`. */
export function tokenResponseOf(
  template: AccessTokenTemplate,
  token: string,
  tokenType: TokenType = 'Bearer',
): string {
  return `{"token_type":"${tokenType}${template.responseMiddle}${token}${template.responseTail}`
}

/** How a token is presented (RFC 6750, RFC 9449 section 5). */
export type TokenType = 'Bearer' | 'DPoP'

/** How a token with that confirmation is presented: bound to a key with a proof, everything else as it is. */
export function tokenTypeOf(confirmation: Confirmation | undefined): TokenType {
  return confirmation?.jkt === undefined ? 'Bearer' : 'DPoP'
}
