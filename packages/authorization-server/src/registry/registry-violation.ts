/** Why the registry refuses a change, and what to tell the operator. */
import { authenticationMethods } from './client.ts'

/** Why a change is refused. */
export type RegistryViolation =
  | 'client_exists'
  | 'client_unknown'
  | 'client_id_malformed'
  | 'resource_exists'
  | 'resource_unknown'
  | 'resource_id_malformed'
  | 'scope_malformed'
  | 'scope_missing'
  | 'scope_unknown'
  | 'scope_ambiguous'
  | 'secret_length'
  | 'secret_alphabet'
  | 'lifetime_out_of_range'
  | 'algorithm_unknown'
  | 'authentication_method_unknown'
  | 'key_unknown'
  | 'too_many_keys'

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
  resource_exists: (id) => `resource "${id}" exists already; choose another id`,
  resource_unknown: (id) =>
    `resource "${id}" is not registered; create it first with "mintmark resource create"`,
  resource_id_malformed: (id) =>
    `resource id "${id}" must be an absolute URI without fragment, such as https://api.example`,
  scope_malformed: (scope) =>
    `scope "${scope}" must be scope tokens of printable ASCII separated by single spaces`,
  scope_missing: () => 'at least one scope is needed; name it with --scope',
  scope_unknown: (scope) =>
    `scope "${scope}" belongs to no resource that the client may use; add it to a resource first`,
  scope_ambiguous: (scope) =>
    `scope "${scope}" belongs to several resources; name the ones meant with --resource`,
  secret_length: () => 'the client secret must have 8 to 512 characters',
  secret_alphabet: () => 'the client secret may contain printable ASCII only',
  lifetime_out_of_range: (seconds) =>
    `token lifetime ${seconds} must be whole seconds from 1 to 604800 (a week)`,
  algorithm_unknown: (name) => `algorithm "${name}" is not one of ES256, EdDSA, RS256, PS256`,
  authentication_method_unknown: (name) =>
    `authentication method "${name}" is not one of ${authenticationMethods.join(', ')}`,
  key_unknown: (kid) =>
    `there is no signing key "${kid}"; "mintmark key list" shows those that are`,
  too_many_keys: (count) =>
    `the JWK Set holds ${count} keys, and verifiers refuse larger ones; wait until older keys have retired`,
}
