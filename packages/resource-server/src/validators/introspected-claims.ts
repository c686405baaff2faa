/**
 * What an active answer says about a token, judged by the rules that hold for JWTs. RFC 7662 requires nothing but
 * `active`, an API needs more; so this file also decides what may be missing.
 *
 * Invariants
 *  (1) `client_id` and `exp` have to be there, and `aud` where the options do not say otherwise: without them nobody
 *      knows who calls, until when, and whether the token is meant for this API.
 *  (2) What is filled in cannot make a token better than it is. `iss` is who was asked. `sub` is the client, as for any
 *      token without a user (RFC 9068 section 2.2). `iat` is the second of the question: the token is no younger.
 *      `jti` is a digest of the token.
 *  (3) A claim that was sent is never replaced.
 */
import { encodeBase64url, type SignatureEngine } from '@mintmark/jwt'
import {
  type AccessTokenValue,
  type IntrospectionResponse,
  type JsonObject,
  type JsonValue,
  member,
  type Parsed,
  refused,
} from '@mintmark/protocol'
import type { VerifiedToken } from '../admission.ts'
import {
  type IssuerTrust,
  judgeNamedClaims,
  type TokenRules,
  type TokenViolation,
} from '../token-verdict.ts'

/** How an answer is judged. */
export interface AnswerRules {
  readonly rules: TokenRules
  readonly trust: IssuerTrust
  readonly acceptMissingAudience: boolean
}

/** The claims of an active token. @param askedAtWallMs - When the question was sent. */
export async function judgeAnswer(
  response: Extract<IntrospectionResponse, { active: true }>,
  token: AccessTokenValue,
  askedAtWallMs: number,
  { rules, trust, acceptMissingAudience }: AnswerRules,
): Promise<Parsed<VerifiedToken, TokenViolation>> {
  if (!isAccessToken(response)) return refused('wrong_type')
  const { issuer, audiences } = trust.expected
  const claims = completed(response.members, {
    iss: issuer,
    sub: response.clientId,
    aud: acceptMissingAudience ? audiences[0] : undefined,
    iat: Math.floor(askedAtWallMs / 1000),
    jti: response.tokenId ?? (await digestOf(token, rules.engine)),
  })
  return judgeNamedClaims(claims, trust.expected, rules.clock.wallMs() / 1000, rules)
}

/** What a server says about a kind that is no access token: a refresh token can be active, too. */
function isAccessToken({
  tokenType,
  members,
}: Extract<IntrospectionResponse, { active: true }>): boolean {
  const use = member(members, 'token_use')
  const isUsed = use === undefined || use === 'access_token' || use === 'access'
  return isUsed && (tokenType === undefined || /^(?:bearer|dpop)$/i.test(tokenType))
}

/** Some servers write an empty list for no audience. */
function completed(
  members: JsonObject,
  missing: Readonly<Record<string, JsonValue | undefined>>,
): JsonObject {
  const claims: Record<string, JsonValue> = { ...members }
  delete claims.active
  if (Array.isArray(claims.aud) && claims.aud.length === 0) delete claims.aud
  for (const [name, value] of Object.entries(missing)) {
    if (!Object.hasOwn(claims, name) && value !== undefined) claims[name] = value
  }
  return claims
}

async function digestOf(token: AccessTokenValue, engine: SignatureEngine): Promise<string> {
  return encodeBase64url(await engine.sha256(new TextEncoder().encode(token.reveal())))
}
