/**
 * The registered error codes this project speaks, per endpoint, with the HTTP status each is
 * answered with. `invalid_grant` has no use in the client credentials grant.
 */

/**
 * Statuses of RFC 6749 section 5.2, RFC 8707 section 2, RFC 9396 section 5, RFC 9449 section 12.2 and RFC 7009
 * section 2.2.1, and for callers with an access token RFC 6750 section 3.1; the 5xx ones are for outages.
 */
const endpointStatuses = {
  invalid_request: 400,
  invalid_client: 401,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_authorization_details: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  temporarily_unavailable: 503,
  server_error: 500,
  unsupported_token_type: 400,
} as const

/** Statuses of RFC 6750 section 3.1. */
const bearerStatuses = {
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
} as const

/** What the token, introspection and revocation endpoints may answer. */
export type RevocationErrorCode = keyof typeof endpointStatuses

/** What the token endpoint may answer (RFC 6749 section 5.2, RFC 8707 section 2, RFC 9396, RFC 9449). */
export type TokenErrorCode = Exclude<
  RevocationErrorCode,
  'unsupported_token_type' | 'invalid_token' | 'insufficient_scope'
>

/** What a resource server may say in a Bearer challenge (RFC 6750 section 3.1). */
export type BearerErrorCode = keyof typeof bearerStatuses

/** The HTTP status of an error answer of the token, introspection or revocation endpoint. */
export function tokenErrorStatus(code: RevocationErrorCode): number {
  return endpointStatuses[code]
}

/** The HTTP status that goes with an error code in a Bearer challenge. */
export function bearerErrorStatus(code: BearerErrorCode): number {
  return bearerStatuses[code]
}

/**
 * Tells whether `text` is within the alphabet of `error` and `error_description` (RFC 6749 section
 * 5.2): one or more printable ASCII characters without quote and backslash. Does not know which
 * codes are registered.
 */
export function isErrorText(text: string): boolean {
  return ERROR_ALPHABET.test(text)
}

const ERROR_ALPHABET = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/
