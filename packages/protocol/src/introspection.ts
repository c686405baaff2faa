/**
 * Token introspection (RFC 7662), request and response.
 */
import type { AccessTokenClaims, Confirmation } from './access-token-claims.ts'
import { type BodyCredentials, readBodyCredentials } from './body-credentials.ts'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type JsonViolation,
  member,
  parseJsonObject,
  textMember,
} from './json-object.ts'
import { tokenResponseDepthMax, tokenResponseLengthMax } from './limits.ts'
import type { Parameters } from './parameters.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { type AccessTokenValue, redact } from './redacted.ts'
import type { ScopeSet } from './scope.ts'
import { readScopeMember } from './scope-member.ts'

/**
 * A question whether a token is active, with the credentials of who asks when they are in the body.
 */
export interface IntrospectionRequest extends BodyCredentials {
  readonly token: AccessTokenValue
}

/**
 * Reads an introspection request (RFC 7662 section 2.1) from its parameters. `token_type_hint` is
 * not needed and not read. Does not look at the token: one that nobody could have issued is simply
 * not active.
 */
export function parseIntrospectionRequest(
  parameters: Parameters,
): Parsed<IntrospectionRequest, 'token_missing'> {
  const token = parameters.one('token')
  if (token === undefined) return refused('token_missing')
  return accepted({
    token: redact('access token', token),
    ...readBodyCredentials(parameters),
  })
}

/** What is told about an active token: any of the claims of an access token, and its type. */
export type ActiveClaims = Partial<AccessTokenClaims> & { readonly token_type?: string }

/**
 * Writes the answer for an active token (RFC 7662 section 2.2). Members other than
 * {@link ActiveClaims} are left out.
 */
export function serialiseActive(claims: ActiveClaims): string {
  return JSON.stringify({
    active: true,
    scope: claims.scope,
    client_id: claims.client_id,
    token_type: claims.token_type,
    exp: claims.exp,
    iat: claims.iat,
    nbf: claims.nbf,
    sub: claims.sub,
    aud: claims.aud,
    iss: claims.iss,
    jti: claims.jti,
    cnf: claims.cnf,
    authorization_details: claims.authorization_details,
    act: claims.act,
  })
}

/** The one answer for every token that is not active, or not the asking party's business. */
export const inactive = '{"active":false}'

/** What an authorization server says about a token. Everything but the verdict may be missing. */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true
      readonly scope: ScopeSet | undefined
      readonly clientId: string | undefined
      readonly tokenType: string | undefined
      readonly issuer: string | undefined
      readonly subject: string | undefined
      /** Empty when not sent. */
      readonly audiences: readonly string[]
      readonly tokenId: string | undefined
      readonly expiresAtSeconds: number | undefined
      readonly issuedAtSeconds: number | undefined
      readonly notBeforeSeconds: number | undefined
      /** Present whenever the token is bound to a key, even in a way that is not known here. */
      readonly confirmation: Confirmation | undefined
      /** Everything that was sent, `active` included. */
      readonly members: JsonObject
    }

/** Why a body is not an introspection response. */
export type IntrospectionViolation = JsonViolation | 'active_missing' | 'malformed_claim'

/**
 * Parses an introspection response.
 *
 * Refuses what is not a strict JSON object of at most 64 KiB, `active` that is not a boolean, and a
 * claim of the wrong type: a claim that cannot be read must not count as absent. Instants are
 * numbers from 0 to 2^53 - 1, fractions allowed. Of an inactive token nothing else is read. Never
 * throws. Does not compare audience, issuer or time.
 */
export function parseIntrospectionResponse(
  text: string,
): Parsed<IntrospectionResponse, IntrospectionViolation> {
  const json = parseJsonObject(text, {
    depthMax: tokenResponseDepthMax,
    lengthMax: tokenResponseLengthMax,
  })
  return json.ok ? readIntrospectionResponse(json.value) : json
}

/**
 * Reads an introspection response from a JSON object: the body, or the claim `token_introspection` of a signed answer
 * (RFC 9701 section 5). Refuses and leaves alone what {@link parseIntrospectionResponse} does.
 */
export function readIntrospectionResponse(
  members: JsonObject,
): Parsed<IntrospectionResponse, 'active_missing' | 'malformed_claim'> {
  const active = member(members, 'active')
  if (active === false) return accepted({ active })
  if (active !== true) return refused('active_missing')
  const scope = readScopeMember(members)
  if (!scope.ok || !claimForms.every(([name, hasForm]) => hasForm(member(members, name)))) {
    return refused('malformed_claim')
  }
  return accepted({
    active,
    scope: scope.value,
    clientId: textMember(members, 'client_id'),
    tokenType: textMember(members, 'token_type'),
    issuer: textMember(members, 'iss'),
    subject: textMember(members, 'sub'),
    audiences: audiencesOf(member(members, 'aud')),
    tokenId: textMember(members, 'jti'),
    expiresAtSeconds: instantOf(member(members, 'exp')),
    issuedAtSeconds: instantOf(member(members, 'iat')),
    notBeforeSeconds: instantOf(member(members, 'nbf')),
    confirmation: confirmationOf(member(members, 'cnf')),
    members,
  })
}

/** What each claim has to be if it was sent. Reading below relies on it. */
const claimForms: readonly (readonly [string, (claim: JsonValue | undefined) => boolean])[] = [
  ['client_id', isOptionalText],
  ['token_type', isOptionalText],
  ['iss', isOptionalText],
  ['sub', isOptionalText],
  ['aud', (claim) => isOptionalText(claim) || isListOfText(claim)],
  ['jti', isOptionalText],
  ['exp', isOptionalInstant],
  ['iat', isOptionalInstant],
  ['nbf', isOptionalInstant],
  ['cnf', isOptionalConfirmation],
]

function isOptionalText(claim: JsonValue | undefined): boolean {
  return claim === undefined || typeof claim === 'string'
}

function isListOfText(claim: JsonValue | undefined): claim is readonly string[] {
  return Array.isArray(claim) && claim.every((element) => typeof element === 'string')
}

function isOptionalInstant(claim: JsonValue | undefined): boolean {
  if (claim === undefined) return true
  return typeof claim === 'number' && claim >= 0 && claim <= Number.MAX_SAFE_INTEGER
}

function isOptionalConfirmation(claim: JsonValue | undefined): boolean {
  if (claim === undefined) return true
  if (!isJsonObject(claim)) return false
  return isOptionalText(member(claim, 'jkt')) && isOptionalText(member(claim, 'x5t#S256'))
}

function audiencesOf(claim: JsonValue | undefined): readonly string[] {
  if (typeof claim === 'string') return [claim]
  return isListOfText(claim) ? claim : []
}

function instantOf(claim: JsonValue | undefined): number | undefined {
  return typeof claim === 'number' ? claim : undefined
}

function confirmationOf(claim: JsonValue | undefined): Confirmation | undefined {
  if (!isJsonObject(claim)) return undefined
  const keyThumbprint = textMember(claim, 'jkt')
  const certificateThumbprint = textMember(claim, 'x5t#S256')
  return {
    ...(keyThumbprint === undefined ? {} : { jkt: keyThumbprint }),
    ...(certificateThumbprint === undefined ? {} : { 'x5t#S256': certificateThumbprint }),
  }
}
