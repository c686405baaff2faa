/** Which settings a client may have, each checked by itself and against how the client authenticates. */
import { parsePublicJwk } from '@mintmark/jwt'
import { isJsonObject, parseJsonObject, parseScope } from '@mintmark/protocol'
import { lintFederatedIdentity } from '../client-authentication/federation/identity-lint.ts'
import {
  authorizationDetailsTypeLengthMax,
  authorizationDetailsTypesMax,
  clientAddressesMax,
  clientQuotasMax,
  federatedIdentitiesMax,
  identityTextLengthMax,
  quotaTokensMax,
  quotaWindowSecondsMax,
  registeredKeysLengthMax,
  registeredKeysMax,
  tokenLifetimeSecondsMax,
  tokenLifetimeSecondsMin,
} from '../limits.ts'
import { EVERY_SCOPE } from '../policy/access-policy.ts'
import type { AuthenticationMethod, Grant } from './client.ts'
import {
  type CertificateIdentity,
  type ClientKeys,
  type ClientSettings,
  type FederatedIdentity,
  plainClientSettings,
  type Quota,
  shadowablePolicies,
} from './client-settings.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import {
  address,
  checkSettings,
  label,
  listOf,
  malformed,
  membersOf,
  oneOf,
  optional,
  PRINTABLE,
  type SettingChecks,
  secureUrl,
  text,
  type ValueCheck,
  wholeNumber,
} from './setting-values.ts'

/** `'none'`, or what a token is bound to. */
export const senderConstraint = oneOf(['none', 'dpop', 'certificate'])

/** A list of `authorization_details` types (RFC 9396 section 2). */
export const authorizationDetailsTypes = listOf(
  authorizationDetailsTypesMax,
  text(authorizationDetailsTypeLengthMax, PRINTABLE),
)

/** By type, a list of the members that it has beside the common ones (RFC 9396 section 2.2). */
export const authorizationDetailsMembers: ValueCheck<
  Readonly<Record<string, readonly string[]>>
> = (value, name) => {
  const given = membersOf(value)
  if (given === undefined) return malformed(name)
  const types = authorizationDetailsTypes(Object.keys(given), name)
  if (!types.ok) return types
  const members: [string, readonly string[]][] = []
  for (const type of types.value) {
    const names = authorizationDetailsTypes(given[type], name)
    if (!names.ok) return names
    members.push([type, names.value])
  }
  return registered(Object.fromEntries(members))
}

/** A scope of at least one token, none of which stands for others. */
const scopeMax: ValueCheck<string> = (value, name) => {
  const scope = parseScope(typeof value === 'string' ? value : '')
  const isLimit = scope.ok && scope.value.size > 0 && !scope.value.has(EVERY_SCOPE)
  return isLimit ? registered(scope.value.text) : malformed(name)
}

const quota: ValueCheck<Quota> = (value) => {
  const { name, tokens, windowSeconds } = membersOf(value) ?? {}
  const isNamed = text(32, /^[A-Za-z0-9_-]+$/)(name, 'quotas')
  const isCounted = wholeNumber(1, quotaTokensMax)(tokens, 'quotas')
  const isTimed = wholeNumber(1, quotaWindowSecondsMax)(windowSeconds, 'quotas')
  if (!isNamed.ok || !isCounted.ok || !isTimed.ok) {
    return notRegistered('quota_malformed', typeof name === 'string' ? name : '')
  }
  return registered({
    name: isNamed.value,
    tokens: isCounted.value,
    windowSeconds: isTimed.value,
  })
}

const quotas: ValueCheck<readonly Quota[]> = (value, name) => {
  const checked = listOf(clientQuotasMax, quota)(value, name)
  if (!checked.ok) return checked
  const names = new Set(checked.value.map((one) => one.name))
  return names.size < checked.value.length ? notRegistered('entry_repeated', name) : checked
}

const keys: ValueCheck<ClientKeys> = (value, name) => {
  const members = membersOf(value) ?? {}
  if (members.kind === 'jwks_uri') {
    const uri = secureUrl(members.jwksUri, name)
    return uri.ok ? registered({ kind: 'jwks_uri', jwksUri: uri.value }) : uri
  }
  if (members.kind !== 'jwks' || typeof members.jwks !== 'string') {
    return notRegistered('keys_malformed', name)
  }
  return jwks(members.jwks, name)
}

/** A JWK Set in which every key can verify signatures and none is private. Kept whole, certificates included. */
function jwks(given: string, name: string): Registered<ClientKeys> {
  const parsed = parseJsonObject(given, { depthMax: 5, lengthMax: registeredKeysLengthMax })
  const listed = parsed.ok ? parsed.value.keys : undefined
  if (!Array.isArray(listed) || listed.length === 0) return notRegistered('keys_malformed', name)
  if (listed.length > registeredKeysMax) return notRegistered('too_many_entries', name)
  for (const one of listed) {
    const key = isJsonObject(one) ? parsePublicJwk(one) : undefined
    if (key?.ok) continue
    const isPrivate = key?.violation === 'private_member_present'
    return notRegistered(isPrivate ? 'keys_private' : 'keys_malformed', name)
  }
  return registered({ kind: 'jwks', jwks: JSON.stringify({ keys: listed }) })
}

const identityText = text(identityTextLengthMax, PRINTABLE)
const trustDomain = text(identityTextLengthMax, /^spiffe:\/\/[a-z0-9._-]{1,255}$/)

/** A `*` would be compared as written and match nobody: whoever writes one means something that does not exist. */
const federatedIdentity: ValueCheck<FederatedIdentity> = (value, name) => {
  const members = membersOf(value) ?? {}
  const kind = oneOf(['oidc', 'kubernetes', 'spiffe'])(members.kind, name)
  const isSpiffe = kind.ok && kind.value === 'spiffe'
  const issuer = (isSpiffe ? trustDomain : secureUrl)(members.issuer, name)
  const subject = identityText(members.subject, name)
  const audience = optional(identityText)(members.audience, name)
  const jwksUri = (isSpiffe ? secureUrl : optional(secureUrl))(members.jwksUri, name)
  const parts = [kind, issuer, subject, audience, jwksUri]
  if (!kind.ok || !issuer.ok || !subject.ok || !audience.ok || !jwksUri.ok) {
    const at = parts.findIndex((part) => !part.ok)
    const part = ['kind', 'issuer', 'subject', 'audience', 'jwksUri'][at] ?? ''
    return notRegistered('federated_identity_malformed', part)
  }
  if (subject.value.includes('*')) return notRegistered('federated_identity_malformed', 'subject')
  const identity: FederatedIdentity = {
    ...{ kind: kind.value, issuer: issuer.value, subject: subject.value },
    ...{ audience: audience.value, jwksUri: jwksUri.value },
  }
  const finding = lintFederatedIdentity(identity).find(({ severity }) => severity === 'refused')
  return finding === undefined
    ? registered(identity)
    : notRegistered('federated_identity_too_broad', finding.code)
}

const certificate: ValueCheck<CertificateIdentity> = (value, name) => {
  const members = membersOf(value) ?? {}
  const kinds = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'] as const
  const kind = oneOf(kinds)(members.kind, name)
  const named = text(identityTextLengthMax, /^[^\p{Cc}]+$/u)(members.value, name)
  if (!kind.ok || !named.ok) return notRegistered('certificate_malformed', name)
  return registered({ kind: kind.value, value: named.value })
}

const lifetime: ValueCheck<number> = (value, name) => {
  const seconds = wholeNumber(tokenLifetimeSecondsMin, tokenLifetimeSecondsMax)(value, name)
  return seconds.ok ? seconds : notRegistered('lifetime_out_of_range', String(value).slice(0, 30))
}

const policy: ValueCheck<ClientSettings['shadowed'][number]> = (value, name) => {
  const known = oneOf(shadowablePolicies)(value, name)
  return known.ok ? known : notRegistered('policy_unknown', String(value).slice(0, 60))
}

const truth: ValueCheck<boolean> = (value, name) =>
  typeof value === 'boolean' ? registered(value) : malformed(name)

const checks: SettingChecks<ClientSettings> = {
  label: optional(label),
  defaultResource: optional(text(identityTextLengthMax, PRINTABLE)),
  lifetimeSecondsMax: optional(lifetime),
  scopeMax: optional(scopeMax),
  addresses: listOf(clientAddressesMax, address),
  quotas,
  senderConstraint,
  authorizationDetailsTypes,
  exchangesTokens: truth,
  shadowed: listOf(shadowablePolicies.length, policy),
  keys: optional(keys),
  assertionAudience: oneOf(['strict', 'legacy']),
  federatedIdentities: listOf(federatedIdentitiesMax, federatedIdentity),
  certificate: optional(certificate),
}

/** Completes and checks the settings of a client, each by itself. */
export function checkClientSettings(settings: object): Registered<ClientSettings> {
  return checkSettings(settings, plainClientSettings, checks)
}

/** What settings have to agree with. */
export interface SettingsContext {
  readonly authenticationMethods: readonly AuthenticationMethod[]
  readonly grants: readonly Grant[]
}

/** Whether the settings suit what the client may do, and whether every method has what it is judged by. */
export function checkSettingsFit(
  settings: ClientSettings,
  { authenticationMethods, grants }: SettingsContext,
): Registered<ClientSettings> {
  const { defaultResource } = settings
  if (defaultResource !== undefined && !grants.some((one) => one.resource === defaultResource)) {
    return notRegistered('default_resource_not_granted', defaultResource)
  }
  for (const method of authenticationMethods) {
    const lacking = lackingFor(method, settings)
    if (lacking !== undefined) return notRegistered(lacking, method)
  }
  return registered(settings)
}

function lackingFor(method: AuthenticationMethod, settings: ClientSettings) {
  const { federatedIdentities, keys: registeredKeys, certificate: named } = settings
  const isSpiffe = (one: FederatedIdentity): boolean => one.kind === 'spiffe'
  switch (method) {
    case 'private_key_jwt':
    case 'self_signed_tls_client_auth':
      return registeredKeys === undefined ? 'method_needs_keys' : undefined
    case 'tls_client_auth':
      return named === undefined ? 'method_needs_certificate' : undefined
    case 'federated_jwt':
      return federatedIdentities.some((one) => !isSpiffe(one)) ? undefined : 'method_needs_identity'
    case 'spiffe_jwt':
      return federatedIdentities.some(isSpiffe) ? undefined : 'method_needs_identity'
    case 'client_secret_basic':
    case 'client_secret_post':
    case 'client_secret_jwt':
      return undefined
  }
}
