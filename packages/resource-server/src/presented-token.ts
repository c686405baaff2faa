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
export interface PresentedToken extends Credentials {
  readonly ok: true
  /** Does not show when the rest is printed: the token stands in its headers. */
  readonly request: GuardedRequest
  readonly scheme: TokenScheme
  /** Made when it is asked for, which a token seen before never is. */
  readonly token: AccessTokenValue
  /**
   * Whether it is two fields joined into one by a comma, which no token contains. Asked of a token that was not seen
   * before: one that was is admitted, and the same to the last character.
   */
  isJoined(): boolean
}

/** What hides the text of credentials and gives it away when asked by name. */
export interface Credentials {
  /** The raw token. Whoever calls this is responsible for where it goes. */
  reveal(): string
  /** The raw value of the `Authorization` field, of which the token is the end. For whom, see {@link reveal}. */
  revealField(): string
  /** Where in the field the token begins. */
  readonly start: number
}

/** The token of a request, or why there is none that could be judged. */
export type Presentation =
  | PresentedToken
  | { readonly ok: false; readonly violation: CredentialsViolation }

class TokenOfRequest implements PresentedToken {
  readonly ok = true
  readonly scheme: TokenScheme
  readonly start: number
  readonly #field: string
  readonly #request: GuardedRequest

  constructor(scheme: TokenScheme, field: string, start: number, request: GuardedRequest) {
    this.scheme = scheme
    this.#field = field
    this.start = start
    this.#request = request
  }

  get token(): AccessTokenValue {
    const isPadded = this.start > this.scheme.length + 1
    return redact('access token', isPadded ? copyOf(this.reveal()) : this.reveal())
  }

  isJoined(): boolean {
    return this.#field.includes(',', this.start)
  }

  reveal(): string {
    return this.#field.slice(this.start)
  }

  revealField(): string {
    return this.#field
  }

  get request(): GuardedRequest {
    return this.#request
  }
}

/**
 * The same text in memory of its own. A part of a text keeps the whole, and callers may put thousands of spaces before
 * a token that is remembered: who remembers charges for the token.
 */
function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text))
}

const SPACE = 0x20

/**
 * Reads the access token from the `Authorization` header; the scheme's letter case does not matter.
 *
 * Refuses a request with two such fields, one that names a token in the query as well, and one whose field has no
 * token after the scheme. Does not check the token itself, nor whether its scheme is the right one for it, nor whether
 * two fields were joined into one: see {@link PresentedToken.isJoined}.
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
  if (start >= value.length) return refused('malformed_credentials')
  return new TokenOfRequest(scheme, value, start, request)
}

function refused(violation: CredentialsViolation): Presentation {
  return { ok: false, violation }
}
