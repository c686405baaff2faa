/**
 * The claims of a JWT access token (RFC 9068 section 2.2). This is the wire, so the names are the
 * wire's.
 */
import type { AuthorizationDetail } from './authorization-details.ts'

/**
 * To what key a sender-constrained token is bound: a DPoP key (RFC 9449) or a certificate (RFC
 * 8705).
 */
export interface Confirmation {
  readonly jkt?: string
  readonly 'x5t#S256'?: string
}

/** The claims Mintmark writes and relies on. Instants are seconds since 1970-01-01T00:00:00Z. */
export interface AccessTokenClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly exp: number
  readonly iat: number
  readonly nbf?: number
  readonly jti: string
  readonly client_id: string
  readonly scope?: string
  readonly cnf?: Confirmation
  /** What was granted in more detail than scopes have (RFC 9396 section 9.1). */
  readonly authorization_details?: readonly AuthorizationDetail[]
  /** Who acts for `sub` (RFC 8693 section 4.1), and for whom that one acts. */
  readonly act?: Actor
}

/** Who acts for somebody (RFC 8693 section 4.1). */
export interface Actor {
  readonly sub: string
  readonly act?: Actor
}
