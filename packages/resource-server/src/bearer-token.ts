/**
 * Finds the one access token of a request (RFC 6750 section 2.1): in the `Authorization` header and nowhere else.
 * A token in the query or the body is never read (RFC 9700 section 4.3.2).
 */
import { type AccessTokenValue, accepted, type Parsed, redact, refused } from '@mintmark/protocol'
import {
  authorizationValue,
  type GuardedRequest,
  hasTokenInQuery,
  REPEATED,
} from './guarded-request.ts'

/** Why a request carries no access token that could be judged. */
export type CredentialsViolation =
  | 'no_credentials'
  | 'other_scheme'
  | 'repeated_credentials'
  | 'token_in_query'
  | 'malformed_credentials'

const SCHEME_LENGTH = 'Bearer'.length
const SPACE = 0x20

/**
 * Reads the access token from the `Authorization` header; the scheme's letter case does not matter.
 *
 * Refuses a request with two such fields, one that names a token in the query as well, and one whose field has no
 * token after the scheme. Two fields that were joined into one by a comma count as two, because a comma is not
 * part of any token. Does not check the token itself.
 */
export function readBearerToken(
  request: GuardedRequest,
): Parsed<AccessTokenValue, CredentialsViolation> {
  const value = authorizationValue(request)
  if (value === undefined) return refused('no_credentials')
  if (value === REPEATED) return refused('repeated_credentials')
  if (!namesBearer(value)) return refused('other_scheme')
  if (hasTokenInQuery(request)) return refused('token_in_query')
  return tokenAfterScheme(value)
}

/** True for the bare scheme too: a client that sent `Bearer` and no token meant this scheme. */
function namesBearer(value: string): boolean {
  return value.startsWith('Bearer ') || /^bearer(?: |$)/i.test(value)
}

function tokenAfterScheme(value: string): Parsed<AccessTokenValue, CredentialsViolation> {
  let start = SCHEME_LENGTH
  while (value.charCodeAt(start) === SPACE) start += 1
  const token = value.slice(start)
  if (token === '') return refused('malformed_credentials')
  if (token.includes(',')) return refused('repeated_credentials')
  return accepted(redact('access token', token))
}
