/**
 * Token exchange requests (RFC 8693 section 2.1) of the one kind that machines need: delegation, where the
 * authenticated client acts for the subject of an access token.
 */
import type { Parameters } from './parameters.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { type AccessTokenValue, redact } from './redacted.ts'

/** The grant type of token exchange. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** The type of access tokens (RFC 8693 section 3), of whatever format. */
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** Why parameters are not such a request. */
export type TokenExchangeViolation =
  | 'subject_token_missing'
  | 'token_type_not_supported'
  | 'actor_token_present'

/**
 * Reads the subject token.
 *
 * Refuses another type than `access_token`, of the subject token or of what is requested, and an actor token: the actor
 * is the client that authenticates. Does not look at the token. Scope, resource and audience are in the token request.
 */
export function parseSubjectToken(
  parameters: Parameters,
): Parsed<AccessTokenValue, TokenExchangeViolation> {
  const token = parameters.one('subject_token')
  const requested = parameters.one('requested_token_type') ?? accessTokenType
  const hasActor = ['actor_token', 'actor_token_type'].some((name) => parameters.one(name))
  if (token === undefined) return refused('subject_token_missing')
  if (parameters.one('subject_token_type') !== accessTokenType || requested !== accessTokenType) {
    return refused('token_type_not_supported')
  }
  return hasActor ? refused('actor_token_present') : accepted(redact('access token', token))
}
