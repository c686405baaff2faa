/**
 * Everything that can go wrong on the way to a token, as one table: the stable code, the kind (what
 * a caller can do about it) and the words. Nothing in a failure comes from the wire but numbers and
 * registered error codes.
 */

/**
 * What a caller can do about a failure.
 *
 * - `transient`: the world failed; trying again later makes sense.
 * - `throttled`: the server asked for a pause; `retryAfterMs` says how long.
 * - `terminal`: the server said no; until somebody changes something, it will say so again.
 * - `misconfigured`: the request never had a chance: wrong endpoint, wrong metadata, wrong origin.
 * - `overloaded`: too many callers wait already.
 * - `aborted`: the caller, or whoever disposed of the client, ended it.
 */
export type FailureKind =
  | 'transient'
  | 'throttled'
  | 'terminal'
  | 'misconfigured'
  | 'overloaded'
  | 'aborted'

/** What happened. Stable; new codes may be added. `docs/errors.md` has a row for each. */
export type FailureCode = keyof typeof failures

/** A failure as a value. */
export interface Failure {
  readonly code: FailureCode
  /** A registered error code that the server sent (RFC 6749 section 5.2); others are dropped. */
  readonly oauthError?: string | undefined
  readonly httpStatus?: number | undefined
  /** The least pause before another attempt, in milliseconds, at most an hour. */
  readonly retryAfterMs?: number | undefined
  /** The system's code of a failed connection, such as `ECONNREFUSED`; from a fixed list. */
  readonly causeCode?: string | undefined
  /** `false` when it was decided without asking the server. Default `true`. */
  readonly asked?: boolean
}

/** The kind of a failure with that code. */
export function kindOf(code: FailureCode): FailureKind {
  return failures[code].kind
}

/** What a failure with that code means and what to do about it: one line, without a full stop. */
export function describe(code: FailureCode): string {
  return failures[code].words
}

/**
 * Tells whether only a change of the credential, of the registration or of the options can help.
 */
export function isFinal(code: FailureCode): boolean {
  const { kind } = failures[code]
  return kind === 'terminal' || kind === 'misconfigured'
}

/** Whether a text from a shared store is a code of this package. */
export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(failures, text)
}

interface FailureMeaning {
  readonly kind: FailureKind
  readonly words: string
}

const failures = {
  network_failed: {
    kind: 'transient',
    words: 'the authorization server could not be reached; check address, DNS, TLS and firewall',
  },
  timed_out: {
    kind: 'transient',
    words: 'the authorization server did not answer in time',
  },
  deadline_exceeded: {
    kind: 'transient',
    words: 'no token arrived before the deadline of the caller',
  },
  server_unavailable: {
    kind: 'transient',
    words: 'the authorization server is not able to answer at the moment',
  },
  response_not_conforming: {
    kind: 'transient',
    words: 'the token endpoint answered with something that is no token response',
  },
  metadata_unavailable: {
    kind: 'transient',
    words: 'the metadata of the issuer could not be read',
  },
  credential_unavailable: {
    kind: 'transient',
    words: 'the function or file that holds the credential gave none that can be used',
  },
  internal_failure: {
    kind: 'transient',
    words:
      'a function given to the client as clock, random or transport misbehaved, or the client did',
  },
  nonce_refused: {
    kind: 'transient',
    words: 'the authorization server asked for one nonce after another in the DPoP proof',
  },
  rate_limited: {
    kind: 'throttled',
    words: 'the authorization server asked for fewer token requests',
  },
  mint_budget_spent: {
    kind: 'throttled',
    words: 'the client has sent as many token requests as its option mintBudget allows',
  },
  client_refused: {
    kind: 'terminal',
    words: 'the authorization server does not accept the client id with this credential',
  },
  client_not_permitted: {
    kind: 'terminal',
    words: 'the client is not allowed to use the client credentials grant',
  },
  request_refused: {
    kind: 'terminal',
    words: 'the authorization server refused the request; check scope, resource and audience',
  },
  token_not_usable: {
    kind: 'terminal',
    words: 'the token expires too soon to be used',
  },
  proof_refused: {
    kind: 'terminal',
    words:
      'the authorization server does not accept the DPoP proof; check the algorithm of the key',
  },
  token_type_mismatch: {
    kind: 'terminal',
    words: 'the token is of another type than was asked for: Bearer, or DPoP with senderBinding',
  },
  scope_narrowed: {
    kind: 'terminal',
    words: 'the token was granted for less than the requested scope',
  },
  endpoint_misconfigured: {
    kind: 'misconfigured',
    words: 'there is no token endpoint at the configured URL',
  },
  metadata_not_conforming: {
    kind: 'misconfigured',
    words: 'the metadata is not that of the configured issuer, or is malformed',
  },
  token_endpoint_foreign: {
    kind: 'misconfigured',
    words: 'the metadata places the token endpoint elsewhere; see tokenEndpointOrigins',
  },
  authentication_not_supported: {
    kind: 'misconfigured',
    words: 'the server takes no bare client secret; see clientAuthentication',
  },
  origin_not_allowed: {
    kind: 'misconfigured',
    words: 'the token may not be sent to the origin of this URL; see allowedOrigins',
  },
  too_many_waiters: {
    kind: 'overloaded',
    words: 'too many callers are waiting for a token already',
  },
  aborted: {
    kind: 'aborted',
    words: 'the caller gave up waiting for a token',
  },
  disposed: {
    kind: 'aborted',
    words: 'the token client was disposed of',
  },
} as const satisfies Record<string, FailureMeaning>
