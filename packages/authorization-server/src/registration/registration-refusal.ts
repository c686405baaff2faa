/** What registration is refused for, and in which words: those of RFC 7591 section 3.2.2 and RFC 6750 section 3.1. */
import type { Registered, RegistryViolation } from '../registry/registry-violation.ts'
import type { RegistrationRefusal } from './registration-response.ts'

/** What the registry refuses, in words that are about metadata. */
export function refusalOf(
  result: Extract<Registered<unknown>, { readonly ok: false }>,
): RegistrationRefusal {
  if (result.violation === 'registry_busy') return storageAway
  return metadataFault(descriptions[result.violation] ?? 'the metadata cannot be registered')
}

const descriptions: Partial<Record<RegistryViolation, string>> = {
  keys_malformed: 'jwks must be a set of public keys that can verify signatures',
  keys_private: 'jwks has a private key in it',
  too_many_entries: 'jwks has too many keys',
  setting_malformed: 'jwks_uri must be an https URL',
  method_needs_keys: 'token_endpoint_auth_method needs jwks or jwks_uri',
  method_needs_certificate: 'token_endpoint_auth_method needs a tls_client_auth_ member',
  label_malformed: 'client_name must be one line of 1 to 200 characters',
  certificate_malformed: 'a tls_client_auth_ member is malformed',
}

/** Something is wrong with the metadata (RFC 7591 section 3.2.2). */
export function metadataFault(description: string): RegistrationRefusal {
  return { status: 400, error: 'invalid_client_metadata', description }
}

/** The body is not what these endpoints take. */
export const malformed: RegistrationRefusal = metadataFault(
  'send one JSON object as application/json',
)
/** More is asked for than the policy lets a client have. */
export const scopeTooWide = metadataFault('scope has more than a client can register')
/** Another method than those of the endpoint. */
export const methodNotAllowed: RegistrationRefusal = {
  status: 405,
  error: 'invalid_request',
  description: 'this endpoint does not take that method',
}
/** There is no access token. */
export const tokenMissing: RegistrationRefusal = {
  status: 401,
  error: undefined,
  description: 'an access token is needed',
}
/** Every doubt about an access token. */
export const tokenInvalid: RegistrationRefusal = {
  status: 401,
  error: 'invalid_token',
  description: 'the access token is not good for this',
}
/** The access token is good, but not for registering. */
export const scopeMissing: RegistrationRefusal = {
  status: 403,
  error: 'insufficient_scope',
  description: 'the access token lacks the scope register',
}
/** There are as many clients as there may be. */
export const registryFull: RegistrationRefusal = {
  status: 503,
  error: 'temporarily_unavailable',
  description: 'no more clients can be registered',
}
/** The database cannot be written now. */
export const storageAway: RegistrationRefusal = {
  status: 503,
  error: 'temporarily_unavailable',
  description: 'the change cannot be stored now',
}
