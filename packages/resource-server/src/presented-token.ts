/**
 * Finds the one access token of a request (RFC 6750 section 2.1, RFC 9449 section 7.1): in the `Authorization` header
 * and nowhere else. A token in the query or the body is never read (RFC 9700 section 4.3.2).
 */
import { type AccessTokenValue, redact } from '@mintmark/protocol'
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

/** The authentication schemes under which an access token is presented. */
export type TokenScheme = 'Bearer' | 'DPoP'

/** The access token of a request and the scheme it came under. One object, because every request makes one. */
export interface PresentedToken {
  readonly ok: true
  /** Does not show when the rest is printed: the token stands in its headers. */
  readonly request: GuardedRequest
  readonly scheme: TokenScheme
  /** Made when it is asked for, which a token seen before never is. */
  readonly token: AccessTokenValue
  /** The raw token. Whoever calls this is responsible for where it goes. */
  reveal(): string
}

/** The token of a request, or why there is none that could be judged. */
export type Presentation =
  | PresentedToken
  | { readonly ok: false; readonly violation: CredentialsViolation }

class TokenOfRequest implements PresentedToken {
  readonly ok = true
  readonly scheme: TokenScheme
  readonly #text: string
  readonly #request: GuardedRequest

  constructor(scheme: TokenScheme, text: string, request: GuardedRequest) {
    this.scheme = scheme
    this.#text = text
    this.#request = request
  }

  get token(): AccessTokenValue {
    return redact('access token', this.#text)
  }

  reveal(): string {
    return this.#text
  }

  get request(): GuardedRequest {
    return this.#request
  }
}

const SPACE = 0x20

/**
 * Reads the access token from the `Authorization` header; the scheme's letter case does not matter.
 *
 * Refuses a request with two such fields, one that names a token in the query as well, and one whose field has no
 * token after the scheme. Two fields that were joined into one by a comma count as two, because a comma is not
 * part of any token. Does not check the token itself, nor whether its scheme is the right one for it.
 */
export function readPresentedToken(request: GuardedRequest): Presentation {
  const value = authorizationValue(request)
  if (value === undefined) return refused('no_credentials')
  if (value === REPEATED) return refused('repeated_credentials')
  const scheme = schemeOf(value)
  if (scheme === undefined) return refused('other_scheme')
  if (hasTokenInQuery(request)) return refused('token_in_query')
  return tokenAfter(scheme, value, request)
}

/** A bare scheme counts too: a client that sent `Bearer` and no token meant this scheme. */
function schemeOf(value: string): TokenScheme | undefined {
  if (value.startsWith('Bearer ') || /^bearer(?: |$)/i.test(value)) return 'Bearer'
  return /^dpop(?: |$)/i.test(value) ? 'DPoP' : undefined
}

function tokenAfter(scheme: TokenScheme, value: string, request: GuardedRequest): Presentation {
  let start = scheme.length
  while (value.charCodeAt(start) === SPACE) start += 1
  const token = value.slice(start)
  if (token === '') return refused('malformed_credentials')
  if (token.includes(',')) return refused('repeated_credentials')
  return new TokenOfRequest(scheme, token, request)
}

function refused(violation: CredentialsViolation): Presentation {
  return { ok: false, violation }
}
