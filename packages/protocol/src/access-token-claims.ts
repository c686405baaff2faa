/**
 * The claims of a JWT access token (RFC 9068 section 2.2). This is the wire, so the names are the
 * wire's.
 */

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
}
