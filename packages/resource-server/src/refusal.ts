/**
 * Every reason for which a request is not admitted, and what each one means on the wire: the status and error code
 * of RFC 6750 section 3.1, our `reason` parameter, and a description. One total switch; all text is fixed.
 */
import type { RefusalReason } from './refusal-reason.ts'

/** The status codes that a guard answers with. */
export type RefusalStatus = 400 | 401 | 403 | 429 | 503

/** The error codes of RFC 6750 section 3.1 and RFC 9449 sections 7.1 and 9. */
export type RefusalError =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'

/** Why a request was not admitted. Stable; new ones may be added. */
export type RefusalCode =
  | 'no_credentials'
  | 'other_scheme'
  | 'repeated_credentials'
  | 'token_in_query'
  | 'malformed_credentials'
  | 'malformed_token'
  | 'critical_header'
  | 'wrong_type'
  | 'algorithm_not_allowed'
  | 'wrong_issuer'
  | 'unknown_key'
  | 'ambiguous_key'
  | 'bad_signature'
  | 'claim_missing'
  | 'claim_malformed'
  | 'claims_refused'
  | 'wrong_audience'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_the_future'
  | 'lifetime_too_long'
  | 'sender_constrained'
  | 'token_not_bound'
  | 'dpop_not_accepted'
  | 'proof_missing'
  | 'proof_repeated'
  | 'proof_malformed'
  | 'proof_signature_wrong'
  | 'proof_misdirected'
  | 'proof_token_mismatch'
  | 'proof_key_mismatch'
  | 'proof_stale'
  | 'proof_replayed'
  | 'nonce_missing'
  | 'nonce_unknown'
  | 'certificate_missing'
  | 'certificate_mismatch'
  | 'revoked'
  | 'inactive'
  | 'insufficient_scope'
  | 'keys_unavailable'
  | 'revocations_unknown'
  | 'introspection_unavailable'
  | 'proof_store_unavailable'
  | 'proofs_overflowing'
  | 'rate_limited'
  | 'limits_unavailable'

/** Why nobody could say whether the request is to be admitted: an outage, to be waited for. */
export type UnavailableCode = Extract<
  RefusalCode,
  | 'keys_unavailable'
  | 'revocations_unknown'
  | 'introspection_unavailable'
  | 'proof_store_unavailable'
  | 'proofs_overflowing'
>

/** The rules of possession that a request can break. */
export type SenderViolation = Extract<
  RefusalCode,
  | 'sender_constrained'
  | 'token_not_bound'
  | 'dpop_not_accepted'
  | 'proof_missing'
  | 'proof_repeated'
  | 'proof_malformed'
  | 'proof_signature_wrong'
  | 'proof_misdirected'
  | 'proof_token_mismatch'
  | 'proof_key_mismatch'
  | 'proof_stale'
  | 'proof_replayed'
  | 'certificate_missing'
  | 'certificate_mismatch'
>

/** The rules about nonces, whose refusal tells the nonce to use. */
export type NonceViolation = Extract<RefusalCode, 'nonce_missing' | 'nonce_unknown'>

/** What a ring said. */
export type LimitCode = Extract<RefusalCode, 'rate_limited' | 'limits_unavailable'>

/** A refusal code in the terms of the wire. */
export interface RefusalMeaning {
  readonly status: RefusalStatus
  readonly error: RefusalError | undefined
  readonly reason: RefusalReason | undefined
  /** A sentence without its full stop, in the alphabet of `error_description`; empty where RFC 6750 wants none. */
  readonly description: string
}

/** Translates a refusal code into the terms of the wire. Total: a code without a meaning does not compile. */
export function meaningOf(code: RefusalCode): RefusalMeaning {
  switch (code) {
    case 'no_credentials':
    case 'other_scheme':
      return { status: 401, error: undefined, reason: undefined, description: '' }
    case 'repeated_credentials':
      return invalidRequest('repeated_credentials', 'The request carries more than one credential')
    case 'token_in_query':
      return invalidRequest('token_in_query', 'An access token belongs in the Authorization header')
    case 'malformed_credentials':
      return invalidRequest('malformed', 'The Authorization header carries no access token')
    case 'malformed_token':
    case 'critical_header':
      return invalidToken('malformed', 'The access token is malformed')
    case 'wrong_type':
      return invalidToken('wrong_type', 'The token is not an access token')
    case 'algorithm_not_allowed':
      return invalidToken('wrong_algorithm', 'The signature algorithm is not accepted here')
    case 'wrong_issuer':
      return invalidToken('wrong_issuer', 'The issuer of the access token is not trusted here')
    case 'unknown_key':
    case 'ambiguous_key':
      return invalidToken('unknown_key', 'No published key matches the access token')
    case 'bad_signature':
      return invalidToken('bad_signature', 'The signature of the access token is wrong')
    case 'claim_missing':
      return invalidToken('missing_claim', 'The access token lacks a required claim')
    case 'claim_malformed':
    case 'claims_refused':
      return invalidToken('malformed_claim', 'A claim of the access token is malformed')
    case 'wrong_audience':
      return invalidToken('wrong_audience', 'The access token is meant for another audience')
    case 'expired':
      return invalidToken('expired', 'The access token expired')
    case 'not_yet_valid':
    case 'issued_in_the_future':
      return invalidToken('not_yet_valid', 'The access token is not valid yet')
    case 'lifetime_too_long':
      return invalidToken('lifetime_too_long', LIFETIME_TOO_LONG)
    case 'revoked':
      return invalidToken('revoked', 'The access token was revoked')
    case 'inactive':
      return invalidToken('inactive', 'The access token is not active')
    case 'insufficient_scope':
      return insufficientScope
    case 'rate_limited':
      return rateLimited
    case 'limits_unavailable':
      return unavailable('Limits cannot be checked for the moment')
    default:
      return meanings[code]
  }
}

const LIFETIME_TOO_LONG = 'The access token lives longer than is accepted here'

const nonceNeeded: RefusalMeaning = {
  status: 401,
  error: 'use_dpop_nonce',
  reason: 'nonce_needed',
  description: 'The DPoP proof needs the nonce of this answer',
}

/** Outages, and the rules of possession (RFC 9449 section 7.1, RFC 8705 section 3). */
const meanings: Readonly<
  Record<UnavailableCode | SenderViolation | NonceViolation, RefusalMeaning>
> = {
  keys_unavailable: unavailable('Access tokens cannot be verified for the moment'),
  introspection_unavailable: unavailable('Access tokens cannot be verified for the moment'),
  revocations_unknown: unavailable(
    'Whether access tokens were revoked is not known for the moment',
  ),
  proof_store_unavailable: unavailable('DPoP proofs cannot be checked for the moment'),
  proofs_overflowing: unavailable('DPoP proofs cannot be checked for the moment'),
  sender_constrained: invalidToken(
    'sender_constrained',
    'The access token is bound to a key of its client',
  ),
  token_not_bound: invalidToken('not_bound', 'The access token is not bound as it has to be here'),
  dpop_not_accepted: invalidToken(
    'dpop_not_accepted',
    'Access tokens bound to a key are not accepted here',
  ),
  proof_missing: invalidProof('missing_proof', 'The request carries no DPoP proof'),
  proof_repeated: invalidProof('repeated_proof', 'The request carries more than one DPoP proof'),
  proof_malformed: invalidProof('malformed_proof', 'The DPoP proof is malformed'),
  proof_signature_wrong: invalidProof(
    'wrong_proof_signature',
    'The signature of the DPoP proof is wrong',
  ),
  proof_misdirected: invalidProof(
    'wrong_proof_target',
    'The DPoP proof is for another method or URL',
  ),
  proof_token_mismatch: invalidProof(
    'wrong_proof_token',
    'The DPoP proof is for another access token',
  ),
  proof_key_mismatch: invalidToken('wrong_proof_key', 'The access token is bound to another key'),
  proof_stale: invalidProof('stale_proof', 'The DPoP proof is too old, or of a time to come'),
  proof_replayed: invalidProof('replayed_proof', 'The DPoP proof was used before'),
  nonce_missing: nonceNeeded,
  nonce_unknown: nonceNeeded,
  certificate_missing: invalidToken(
    'missing_certificate',
    'The access token is bound to a certificate',
  ),
  certificate_mismatch: invalidToken(
    'wrong_certificate',
    'The access token is bound to another certificate',
  ),
}

const insufficientScope: RefusalMeaning = {
  status: 403,
  error: 'insufficient_scope',
  reason: 'insufficient_scope',
  description: 'The access token does not carry the required scope',
}

const rateLimited: RefusalMeaning = {
  status: 429,
  error: undefined,
  reason: 'rate_limited',
  description: 'There were too many requests',
}

function unavailable(description: string): RefusalMeaning {
  return { status: 503, error: undefined, reason: 'unavailable', description }
}

function invalidRequest(reason: RefusalReason, description: string): RefusalMeaning {
  return { status: 400, error: 'invalid_request', reason, description }
}

function invalidToken(reason: RefusalReason, description: string): RefusalMeaning {
  return { status: 401, error: 'invalid_token', reason, description }
}

function invalidProof(reason: RefusalReason, description: string): RefusalMeaning {
  return { status: 401, error: 'invalid_dpop_proof', reason, description }
}
