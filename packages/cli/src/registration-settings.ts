/** The settings that say what is registered: of clients, of resources, and of both. */
import type { AuthenticationMethod, ClientSettings } from '@mintmark/authorization-server'
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { optional, withDefault } from './setting.ts'
import { choice, listOf, path, text, toggle, url, wholeNumber } from './setting-kind.ts'
import { certificate, detailsMembers, federatedIdentity, quota } from './structured-setting.ts'

const lifetimeSecondsMax = 604_800
const algorithms = ['ES256', 'EdDSA', 'RS256', 'PS256'] as const satisfies SignatureAlgorithm[]
const authenticationMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'federated_jwt',
  'spiffe_jwt',
] as const satisfies AuthenticationMethod[]
const shadowable = [
  'addresses',
  'quotas',
  'lifetime',
  'sender_constraint',
  'assertion_audience',
  'scope_ceiling',
] as const satisfies ClientSettings['shadowed'][number][]
const constraints = [
  'none',
  'dpop',
  'certificate',
] as const satisfies ClientSettings['senderConstraint'][]
const audiences = ['strict', 'legacy'] as const satisfies ClientSettings['assertionAudience'][]

/** Spread among all settings. */
export const registrationSettings = {
  ttl: optional(
    wholeNumber('<seconds>', 1, lifetimeSecondsMax),
    'lifetime of access tokens for the resource',
  ),
  tokenFormat: optional(choice('<format>', ['jwt', 'opaque']), 'token format of the resource'),
  alg: optional(choice('<algorithm>', algorithms), 'signature algorithm, ES256 if none is given'),
  resource: withDefault(listOf(text('<url>'), 'words'), 'resource (RFC 8707); repeatable', []),
  serves: withDefault(
    listOf(text('<url>'), 'words'),
    'resource whose tokens the client may introspect; repeatable',
    [],
  ),
  authMethod: withDefault(
    listOf(choice('<method>', authenticationMethods), 'words'),
    'how the client may authenticate; repeatable',
    [],
  ),
  label: optional(text('<text>'), 'for people: who or what it is'),
  senderConstraint: optional(
    choice('<what>', constraints),
    'what tokens must be bound to: a DPoP key, a certificate, or none',
  ),
  detailsType: withDefault(
    listOf(text('<type>'), 'words'),
    'type of authorization_details (RFC 9396) that it may ask for or understands; repeatable',
    [],
  ),
  detailsMembers: withDefault(
    listOf(detailsMembers, 'lines'),
    'members that such a type has beside the common ones; repeatable',
    [],
  ),
  defaultScope: optional(text('<scope>'), 'what the client gets when it names no scope'),
  defaultResource: optional(text('<url>'), 'resource meant when the client names none'),
  lifetimeMax: optional(
    wholeNumber('<seconds>', 1, lifetimeSecondsMax),
    'no token of the client lives longer',
  ),
  scopeMax: optional(text('<scope>'), 'no token of the client has more, whatever it was granted'),
  address: withDefault(
    listOf(text('<network>'), 'words'),
    'address or network that the client may ask from, such as 203.0.113.0/24; repeatable',
    [],
  ),
  quota: withDefault(
    listOf(quota, 'words'),
    'how many tokens the client may have, such as daily=10000/86400; repeatable',
    [],
  ),
  exchangesTokens: optional(toggle, 'let the client exchange tokens that it received (RFC 8693)'),
  shadow: withDefault(
    listOf(choice('<policy>', shadowable), 'words'),
    'limit of the client that is only watched, not enforced; repeatable',
    [],
  ),
  jwks: optional(path('<file>'), 'JWK Set with the public keys of the client'),
  jwksUri: optional(url, 'where the client publishes its public keys'),
  assertionAudience: optional(
    choice('<which>', audiences),
    'what assertions must be for: strict, the issuer (RFC 10070), or legacy, also the token endpoint',
  ),
  federatedIdentity: withDefault(
    listOf(federatedIdentity, 'lines'),
    'whose assertions stand for the client; repeatable',
    [],
  ),
  certificate: optional(certificate, 'name in the certificate of the client'),
  reset: withDefault(
    listOf(text('<flag>'), 'words'),
    'flag whose setting goes back to its default, such as lifetime-max; repeatable',
    [],
  ),
}
