/**
 * Everything the endpoints for clients refuse, and what each refusal looks like on the wire (RFC 6749 section 5.2,
 * RFC 7009 section 2.2.1, RFC 8707 section 2, RFC 9396 section 5, RFC 9449 sections 5 and 8).
 *
 * Invariants
 *  (1) Texts come from this table; nothing that was sent comes back.
 *  (2) Every doubt about who is calling leaves as `invalid_client` with the same text: an unknown client, a disabled
 *      one, a wrong and an expired secret cannot be told apart.
 */
import type { RevocationErrorCode } from '@mintmark/protocol'

/** Why a request is refused, in full: for the observer. What the client hears is {@link wireError}. */
export type RefusalReason =
  | 'method_not_allowed'
  | 'media_type_not_supported'
  | 'content_coding_not_supported'
  | 'body_too_large'
  | 'body_malformed'
  | 'body_already_read'
  | 'parameter_repeated'
  | 'several_authorization_headers'
  | 'several_authentication_methods'
  | 'client_ids_differ'
  | 'credentials_missing'
  | 'credentials_malformed'
  | 'client_unknown'
  | 'client_disabled'
  | 'secret_wrong'
  | 'secret_expired'
  | 'secret_retired'
  | 'authentication_method_not_registered'
  | 'bearer_token_invalid'
  | 'bearer_scope_missing'
  | 'assertion_kind_unknown'
  | 'assertion_malformed'
  | 'assertion_type_wrong'
  | 'assertion_algorithm_not_allowed'
  | 'assertion_key_unknown'
  | 'assertion_key_ambiguous'
  | 'assertion_signature_wrong'
  | 'assertion_issuer_wrong'
  | 'assertion_audience_wrong'
  | 'assertion_times_malformed'
  | 'assertion_expired'
  | 'assertion_not_yet_valid'
  | 'assertion_lifetime_too_long'
  | 'assertion_identifier_malformed'
  | 'assertion_replayed'
  | 'federated_identity_unknown'
  | 'federated_identity_ambiguous'
  | 'certificate_missing'
  | 'certificate_malformed'
  | 'certificate_not_trusted'
  | 'certificate_expired'
  | 'certificate_of_another'
  | 'client_keys_unavailable'
  | 'replay_store_unavailable'
  | 'grant_type_missing'
  | 'grant_type_not_supported'
  | 'grant_type_not_allowed'
  | 'scope_malformed'
  | 'scope_exceeds_ceiling'
  | 'nothing_granted'
  | 'resource_malformed'
  | 'resource_not_granted'
  | 'resource_ambiguous'
  | 'subject_token_missing'
  | 'token_type_not_supported'
  | 'actor_token_present'
  | 'token_exchange_not_allowed'
  | 'subject_token_unusable'
  | 'audience_contradicts_resource'
  | 'authorization_details_malformed'
  | 'authorization_details_not_granted'
  | 'binding_certificate_missing'
  | 'dpop_headers_several'
  | 'dpop_proof_missing'
  | 'dpop_proof_malformed'
  | 'dpop_proof_signature_wrong'
  | 'dpop_proof_misdirected'
  | 'dpop_proof_replayed'
  | 'dpop_proof_stale'
  | 'dpop_nonce_missing'
  | 'dpop_nonce_unknown'
  | 'token_too_large'
  | 'token_missing'
  | 'address_not_allowed'
  | 'rate_limited_address'
  | 'rate_limited_failures'
  | 'rate_limited_client'
  | 'quota_exceeded'
  | 'limits_unavailable'
  | 'overloaded'
  | 'signer_unavailable'
  | 'storage_unavailable'

/** What a refusal looks like on the wire. */
export interface WireError {
  readonly status: number
  readonly error: RevocationErrorCode
  readonly description: string
  /**
   * Which credentials the answer asks for (RFC 6749 section 5.2, RFC 9110 section 11.6.1): Basic, or a better access
   * token (RFC 6750 section 3).
   */
  readonly challenges: 'none' | 'Basic' | 'Bearer'
}

/** The wire form of a refusal. */
export function wireError(reason: RefusalReason): WireError {
  return wireErrors[reason]
}

const badRequest = (description: string): WireError => invalidRequest(400, description)

function invalidRequest(status: number, description: string): WireError {
  return { status, error: 'invalid_request', description, challenges: 'none' }
}

function refused(error: RevocationErrorCode, description: string): WireError {
  return { status: 400, error, description, challenges: 'none' }
}

function badProof(description: string): WireError {
  return refused('invalid_dpop_proof', description)
}

function tooMany(description: string): WireError {
  return { status: 429, error: 'temporarily_unavailable', description, challenges: 'none' }
}

function unavailable(description: string): WireError {
  return { status: 503, error: 'temporarily_unavailable', description, challenges: 'none' }
}

const invalidClient: WireError = {
  status: 401,
  error: 'invalid_client',
  description: 'client authentication failed',
  challenges: 'Basic',
}

const wireErrors: Readonly<Record<RefusalReason, WireError>> = {
  method_not_allowed: invalidRequest(405, 'this endpoint takes POST only'),
  media_type_not_supported: invalidRequest(
    415,
    'send the parameters as application/x-www-form-urlencoded or application/json',
  ),
  content_coding_not_supported: invalidRequest(415, 'send the request body without compression'),
  body_too_large: invalidRequest(413, 'the request body is too large'),
  body_malformed: badRequest('the request body is not well-formed'),
  body_already_read: {
    status: 500,
    error: 'server_error',
    description: 'the server cannot read the request body',
    challenges: 'none',
  },
  parameter_repeated: badRequest('a parameter is repeated'),
  several_authorization_headers: badRequest('there is more than one Authorization header'),
  several_authentication_methods: badRequest('use one client authentication method only'),
  client_ids_differ: badRequest('the client identifiers in header and body differ'),
  credentials_missing: invalidClient,
  credentials_malformed: invalidClient,
  client_unknown: invalidClient,
  client_disabled: invalidClient,
  secret_wrong: invalidClient,
  secret_expired: invalidClient,
  secret_retired: invalidClient,
  authentication_method_not_registered: invalidClient,
  bearer_token_invalid: {
    status: 401,
    error: 'invalid_token',
    description: 'the access token is not active, or bound to a key',
    challenges: 'Bearer',
  },
  bearer_scope_missing: {
    status: 403,
    error: 'insufficient_scope',
    description: 'the access token lacks the scope introspect for its audience',
    challenges: 'Bearer',
  },
  assertion_kind_unknown: invalidClient,
  assertion_malformed: invalidClient,
  assertion_type_wrong: invalidClient,
  assertion_algorithm_not_allowed: invalidClient,
  assertion_key_unknown: invalidClient,
  assertion_key_ambiguous: invalidClient,
  assertion_signature_wrong: invalidClient,
  assertion_issuer_wrong: invalidClient,
  assertion_audience_wrong: invalidClient,
  assertion_times_malformed: invalidClient,
  assertion_expired: invalidClient,
  assertion_not_yet_valid: invalidClient,
  assertion_lifetime_too_long: invalidClient,
  assertion_identifier_malformed: invalidClient,
  assertion_replayed: invalidClient,
  federated_identity_unknown: invalidClient,
  federated_identity_ambiguous: invalidClient,
  certificate_missing: invalidClient,
  certificate_malformed: invalidClient,
  certificate_not_trusted: invalidClient,
  certificate_expired: invalidClient,
  certificate_of_another: invalidClient,
  client_keys_unavailable: unavailable('the keys to verify the assertion with cannot be had now'),
  replay_store_unavailable: unavailable(
    'whether the assertion or proof was used before is not known now',
  ),
  grant_type_missing: badRequest('grant_type is missing'),
  grant_type_not_supported: refused(
    'unsupported_grant_type',
    'the grant types here are client_credentials and token exchange',
  ),
  grant_type_not_allowed: refused('unauthorized_client', 'the client may not ask for tokens'),
  scope_malformed: refused('invalid_scope', 'scope is not a list of scope tokens'),
  scope_exceeds_ceiling: refused(
    'invalid_scope',
    'the client may not have a scope that it asks for',
  ),
  nothing_granted: refused('invalid_scope', 'the client has no scope to be granted'),
  resource_malformed: refused('invalid_target', 'resource is not an absolute URI without fragment'),
  resource_not_granted: refused(
    'invalid_target',
    'the client may not use a resource that it names',
  ),
  resource_ambiguous: refused('invalid_target', 'name one resource: these cannot share a token'),
  subject_token_missing: badRequest('subject_token is missing'),
  token_type_not_supported: badRequest('access tokens are exchanged for access tokens only'),
  actor_token_present: badRequest('the actor is the client itself: send no actor_token'),
  token_exchange_not_allowed: refused('unauthorized_client', 'the client may not exchange tokens'),
  subject_token_unusable: badRequest('the subject token is not active, or not for this client'),
  audience_contradicts_resource: refused(
    'invalid_target',
    'audience is another name for resource: send one of the two',
  ),
  authorization_details_malformed: refused(
    'invalid_authorization_details',
    'authorization_details is not an array of objects with a type',
  ),
  authorization_details_not_granted: refused(
    'invalid_authorization_details',
    'the client may not have an authorization detail that it asks for',
  ),
  binding_certificate_missing: badRequest(
    'the token has to be bound to a client certificate: show one',
  ),
  dpop_headers_several: badProof('there is more than one DPoP header'),
  dpop_proof_missing: badProof('the token has to be bound to a key: send a DPoP proof'),
  dpop_proof_malformed: badProof('the DPoP proof is not well-formed'),
  dpop_proof_signature_wrong: badProof('the signature of the DPoP proof is wrong'),
  dpop_proof_misdirected: badProof('the DPoP proof is for another method or URL'),
  dpop_proof_replayed: badProof('the DPoP proof was used before'),
  dpop_proof_stale: refused('use_dpop_nonce', 'the DPoP proof is from another time: use the nonce'),
  dpop_nonce_missing: refused('use_dpop_nonce', 'the DPoP proof needs the nonce'),
  dpop_nonce_unknown: refused('use_dpop_nonce', 'the nonce of the DPoP proof is not in use'),
  token_too_large: badRequest('what is asked for does not fit into an access token'),
  token_missing: badRequest('token is missing'),
  address_not_allowed: invalidClient,
  rate_limited_address: tooMany('too many requests from this address'),
  rate_limited_failures: tooMany('too many failed requests from this address'),
  rate_limited_client: tooMany('too many requests of this client'),
  quota_exceeded: tooMany('the quota of this client is used up'),
  limits_unavailable: unavailable('the limits cannot be asked now'),
  overloaded: unavailable('too many requests are waiting'),
  signer_unavailable: unavailable('the token cannot be signed now'),
  storage_unavailable: unavailable('the database is away'),
}
