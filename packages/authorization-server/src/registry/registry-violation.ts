/** Why the registry refuses a change, and what to tell the operator. */
import { authenticationMethods } from './client.ts'
import { settingExpectations } from './setting-expectations.ts'

/** Why a change is refused. */
export type RegistryViolation =
  | 'client_exists'
  | 'client_unknown'
  | 'client_id_malformed'
  | 'client_not_understood'
  | 'resource_exists'
  | 'resource_unknown'
  | 'resource_id_malformed'
  | 'resource_in_use'
  | 'resources_too_many'
  | 'scope_malformed'
  | 'scope_missing'
  | 'scope_unknown'
  | 'scope_ambiguous'
  | 'scope_in_use'
  | 'scopes_too_many'
  | 'scope_and_grants'
  | 'grant_repeated'
  | 'default_scope_exceeds'
  | 'default_resource_not_granted'
  | 'secret_length'
  | 'secret_alphabet'
  | 'secret_unknown'
  | 'secret_exists'
  | 'secret_in_use'
  | 'secret_retired'
  | 'secret_not_plain'
  | 'secrets_too_many'
  | 'expiry_malformed'
  | 'expiry_past'
  | 'lifetime_out_of_range'
  | 'algorithm_unknown'
  | 'token_format_unknown'
  | 'authentication_method_unknown'
  | 'key_unknown'
  | 'key_withdrawn'
  | 'too_many_keys'
  | 'authentication_method_missing'
  | 'method_needs_keys'
  | 'method_needs_certificate'
  | 'method_needs_identity'
  | 'setting_unknown'
  | 'setting_malformed'
  | 'entry_repeated'
  | 'too_many_entries'
  | 'label_malformed'
  | 'address_malformed'
  | 'quota_malformed'
  | 'policy_unknown'
  | 'keys_malformed'
  | 'keys_private'
  | 'federated_identity_malformed'
  | 'federated_identity_too_broad'
  | 'certificate_malformed'
  | 'registry_busy'
  | 'version_outdated'
  | 'secret_not_ours'
  | 'secret_hash_unknown'
  | 'declared_twice'
  | 'document_malformed'

/** The result of a change: its value, or what is wrong with which of the operator's own words (never a secret). */
export type Registered<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly violation: RegistryViolation; readonly subject: string }

/** A change that was made. */
export function registered<Value>(value: Value): Registered<Value> {
  return { ok: true, value }
}

/** A change that was refused. */
export function notRegistered(violation: RegistryViolation, subject: string): Registered<never> {
  return { ok: false, violation, subject }
}

/** Whether a text from elsewhere, such as an admin API, is one of them. */
export function isRegistryViolation(code: unknown): code is RegistryViolation {
  return typeof code === 'string' && Object.hasOwn(descriptions, code)
}

/** One line for an operator: what is wrong, where, and what to do. */
export function describeRegistryViolation(violation: RegistryViolation, subject: string): string {
  const describe = descriptions[violation]
  return describe(subject)
}

const descriptions: Readonly<Record<RegistryViolation, (subject: string) => string>> = {
  client_exists: (id) => `client "${id}" exists already; choose another id or delete it first`,
  client_unknown: (id) =>
    `client "${id}" is not registered; "mintmark client list" shows those that are`,
  client_id_malformed: (id) =>
    `client id "${id}" must be 1 to 255 printable ASCII characters without space, quote or backslash`,
  client_not_understood: (id) =>
    `client "${id}" has settings of a newer version; change it with that version`,
  resource_exists: (id) => `resource "${id}" exists already; choose another id`,
  resource_unknown: (id) =>
    `resource "${id}" is not registered; create it first with "mintmark resource create"`,
  resource_id_malformed: (id) =>
    `resource id "${id}" must be an absolute URI without fragment, such as https://api.example`,
  resource_in_use: (id) =>
    `clients have grants at resource "${id}" or serve it; --cascade takes it from them`,
  resources_too_many: () => 'a client may have grants at 100 resources',
  scope_malformed: (scope) =>
    `scope "${scope}" must be scope tokens of printable ASCII separated by single spaces`,
  scope_missing: () => 'at least one scope is needed; name it with --scope',
  scope_unknown: (scope) =>
    `scope "${scope}" belongs to no resource that the client may use; add it to a resource first`,
  scope_ambiguous: (scope) =>
    `scope "${scope}" belongs to several resources; name the ones meant with --resource`,
  scope_in_use: (scope) => `clients are granted scope "${scope}"; --cascade takes it from them`,
  scopes_too_many: () => 'a resource may own 1,000 scopes',
  scope_and_grants: () => 'grants say scope and resources already; leave out one of the two',
  grant_repeated: (id) => `resource "${id}" has more than one grant; put its scopes into one`,
  default_scope_exceeds: (scope) =>
    `default scope "${scope}" is not among the scopes that the client may be granted`,
  default_resource_not_granted: (id) =>
    `default resource "${id}" is none of the resources that the client has a grant at`,
  secret_length: () =>
    'the client secret must have 8 to 512 characters, and for client_secret_jwt at least 32',
  secret_alphabet: () => 'the client secret may contain printable ASCII only',
  secret_unknown: (id) =>
    `the client has no secret "${id}"; "mintmark client secrets" shows those it has`,
  secret_exists: () => 'the client has this secret already',
  secret_in_use: (id) =>
    `secret "${id}" may still be in use; "mintmark client secrets" tells by when it is not, --force retires it now`,
  secret_retired: (id) => `secret "${id}" is retired and cannot be changed any more`,
  secret_not_plain: () =>
    'client_secret_jwt needs the secret itself, and a hash is not it; give the client a new secret',
  secrets_too_many: () => 'a client may have 10 secrets in use; retire one first',
  expiry_malformed: (text) => `expiry "${text}" must be an instant such as 2027-01-31T00:00:00Z`,
  expiry_past: (text) => `expiry "${text}" is past already; retire the secret instead`,
  lifetime_out_of_range: (seconds) =>
    `token lifetime ${seconds} must be whole seconds from 1 to 604800 (a week)`,
  algorithm_unknown: (name) => `algorithm "${name}" is not one of ES256, EdDSA, RS256, PS256`,
  token_format_unknown: (name) => `token format "${name}" is not one of jwt, opaque`,
  authentication_method_unknown: (name) =>
    `authentication method "${name}" is not one of ${authenticationMethods.join(', ')}`,
  key_unknown: (kid) =>
    `there is no signing key "${kid}"; "mintmark key list" shows those that are`,
  key_withdrawn: (kid) =>
    `nobody trusts signing key "${kid}" any more; there is nothing to practise`,
  too_many_keys: (count) =>
    `the JWK Set holds ${count} keys, and verifiers refuse larger ones; wait until older keys have retired`,
  authentication_method_missing: () => 'at least one authentication method is needed',
  method_needs_keys: (method) =>
    `authentication by ${method} needs the client's public keys; give --jwks or --jwks-uri`,
  method_needs_certificate: (method) =>
    `authentication by ${method} needs to know how the certificate names the client; give --certificate`,
  method_needs_identity: (method) =>
    `authentication by ${method} needs a federated identity: issuer and subject of its assertions`,
  setting_unknown: (name) => `setting "${name}" is not known`,
  setting_malformed: (name) =>
    `setting "${name}" must be ${settingExpectations.get(name) ?? 'of another form'}`,
  entry_repeated: (name) => `"${name}" has an entry twice`,
  too_many_entries: (name) => `"${name}" has too many entries; docs/limits.md has the bounds`,
  label_malformed: () => 'a label must be one line of 1 to 200 characters',
  address_malformed: (address) =>
    `address "${address}" must be an IP address or a network such as 10.0.0.0/8, zero behind its prefix`,
  quota_malformed: (name) =>
    `quota "${name}" must have a name of letters, digits, - and _, and whole numbers of tokens and seconds`,
  policy_unknown: (name) => `policy "${name}" is none that can be in shadow mode`,
  keys_malformed: () =>
    'keys must be a JWK Set of 1 to 20 public keys (EC P-256, Ed25519, RSA from 2048 bits)',
  keys_private: () =>
    'the key set has a private key in it; register the public part, and consider that key exposed',
  federated_identity_malformed: (part) =>
    `the ${part} of a federated identity is missing or cannot be compared; wildcards are not understood`,
  federated_identity_too_broad: (finding) =>
    `a federated identity would let others in, too, or nobody: ${finding}`,
  certificate_malformed: () =>
    'a certificate identity is one of subject_dn, san_dns, san_uri, san_ip, san_email with a value',
  secret_not_ours: (id) =>
    `secret "${id}" was exported under another master key, or for another client`,
  secret_hash_unknown: (id) =>
    `the secret of client "${id}" has a hash of a kind that is not known, or that costs too much to check`,
  declared_twice: (id) => `"${id}" is declared twice`,
  document_malformed: (place) => `the declaration cannot be understood at ${place}`,
  registry_busy: () => 'others change the registry all the time; try again',
  version_outdated: (id) =>
    `"${id}" has another version than the one named; look at it again, and decide anew`,
}
