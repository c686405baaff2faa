/**
 * Token revocation requests (RFC 7009 section 2.1). The answer has no body worth parsing: its
 * status is the answer.
 */
import { type BodyCredentials, readBodyCredentials } from './body-credentials.ts'
import type { Parameters } from './parameters.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { type AccessTokenValue, redact } from './redacted.ts'

/** A request to make a token useless, with the client's credentials when they are in the body. */
export interface RevocationRequest extends BodyCredentials {
  readonly token: AccessTokenValue
}

/**
 * Reads a revocation request from its parameters. `token_type_hint` is not needed and not read: a
 * wrong hint must not matter anyway. Does not look at the token: one that nobody could have issued
 * is as good as revoked.
 */
export function parseRevocationRequest(
  parameters: Parameters,
): Parsed<RevocationRequest, 'token_missing'> {
  const token = parameters.one('token')
  if (token === undefined) return refused('token_missing')
  return accepted({
    token: redact('access token', token),
    ...readBodyCredentials(parameters),
  })
}
