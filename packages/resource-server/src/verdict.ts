/**
 * What a guard answers: an admission with what is known about the caller, or a refusal that is ready to be sent.
 * Both are values. They are shared between requests and frozen, so nothing done to one reaches another request.
 */
import type { AccessTokenClaims, JsonObject, ScopeSet } from '@mintmark/protocol'
import type { RefusalCode, RefusalError, RefusalStatus } from './refusal.ts'
import type { RefusalReason } from './refusal-reason.ts'

/**
 * The claims of a verified token: those of RFC 9068 by their types, all others as JSON values. For an issuer with a
 * `profile`, what it says in other words is also under the names of RFC 9068; some leave `jti` out.
 */
export type VerifiedClaims = Omit<AccessTokenClaims, 'jti'> & { readonly jti?: string } & JsonObject

/**
 * The request carries an access token that is good here and now.
 *
 * @typeParam Claims - What option `claims` of the guard makes of the verified claims.
 */
export interface Admission<Claims = VerifiedClaims> {
  readonly admitted: true
  /**
   * What the guard's option `claims` answered; without it, every claim of the token, deeply frozen. Values are the
   * issuer's words: not safe to put in a header.
   */
  readonly claims: Claims
  /** Claim `iss`: one of the configured issuers. */
  readonly issuer: string
  /** Claim `client_id`: the client that the token was issued to. */
  readonly clientId: string
  /** Claim `sub`: for the client credentials grant usually the client itself. */
  readonly subject: string
  /** Claim `aud`, always as a list. */
  readonly audience: readonly string[]
  /** Claim `scope`; empty when the token has none. */
  readonly scope: ScopeSet
  /** Claim `exp` as wall time. The guard admits for the configured tolerance longer. */
  readonly expiresAtWallMs: number
  /**
   * The first 16 hexadecimal characters of the token's SHA-256: names the token in logs without revealing it, and
   * is what the client calls the same token. Computed at each call. An admitted token has exactly one spelling, so
   * equal fingerprints mean equal decoded tokens.
   */
  tokenFingerprint(): Promise<string>
}

/**
 * The request is not admitted. `status`, `headers` and `body` are the complete answer; they consist of a fixed
 * vocabulary and the guard's own configuration, never of anything that the request or the network said.
 */
export interface Refusal {
  readonly admitted: false
  readonly status: RefusalStatus
  /** Why, in full: for logs and audit. */
  readonly code: RefusalCode
  /** The error code in the challenge; `undefined` without credentials (RFC 6750 section 3.1) and for 429 and 503. */
  readonly error: RefusalError | undefined
  /** Why, as far as the client is told; the challenge's `reason` parameter. */
  readonly reason: RefusalReason | undefined
  /** How long to wait, in whole seconds from 1; only for 429 and 503. */
  readonly retryAfterSeconds: number | undefined
  /** Names in lower case, in the order to send them; values are visible ASCII and spaces. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** JSON text, or the empty string. */
  readonly body: string
}

/** What a guard answers; `admitted` tells which. */
export type Verdict<Claims = VerifiedClaims> = Admission<Claims> | Refusal
