/**
 * Clients of Keycloak: a realm as `kc.sh export` writes it, with secrets, or as the console's partial export does,
 * which hides them. A machine is a confidential client with a service account.
 *
 * Scopes come from its client scopes and from the client roles of its service account; audiences from audience mappers
 * and from the clients whose roles it has.
 */
import type { DeclaredSecret } from '../declaration/declared-registry.ts'
import type { ClientSettings } from '../registry/client-settings.ts'
import { publicKeysOfCertificate } from './certificate-keys.ts'
import {
  countIn,
  type ExportObject,
  instantIn,
  keysIn,
  objectIn,
  objectsIn,
  plainSecret,
  textIn,
  textsIn,
} from './export-values.ts'
import {
  type ImportedGrant,
  type ImportedRegistry,
  type ImportOptions,
  RegistryCollector,
} from './imported-registry.ts'

/** Reads an export of a realm. */
export function importKeycloak(document: unknown, options: ImportOptions): ImportedRegistry {
  const into = new RegistryCollector(options)
  const realm = objectIn(document)
  for (const client of objectsIn(realm.clients)) importClient(client, realm, into)
  return into.collected()
}

function importClient(
  client: ExportObject,
  realm: ExportObject,
  into: RegistryCollector,
): undefined {
  const id = textIn(client.clientId)
  if (id === undefined || ownClients.has(id)) return
  if (client.bearerOnly === true)
    return into.skip(id, 'it is a resource server and asks for nothing')
  if (client.publicClient === true) return into.skip(id, 'it is a public client')
  if (client.serviceAccountsEnabled !== true) {
    return into.skip(id, 'it signs in people: it has no service account')
  }
  const attributes = objectIn(client.attributes)
  const authentication = authenticationOf(client, attributes)
  if (authentication === undefined) return into.skip(id, 'its authenticator is not known here')
  const grants = grantsOf(client, realm, into)
  if (grants.length === 0)
    return into.skip(id, 'it has no audience; name a resource for such clients')
  into.client({
    ...{ id, grants, ...authentication },
    disabled: client.enabled === false,
    label: textIn(client.name) ?? textIn(client.description),
    secrets: authentication.authenticationMethods.some((one) => one.startsWith('client_secret_'))
      ? secretsOf(client, attributes, into)
      : [],
    lifetimeSeconds:
      countIn(attributes['access.token.lifespan']) ?? countIn(realm.accessTokenLifespan),
  })
}

/** Those that every realm has of itself. */
const ownClients = new Set([
  ...['account', 'account-console', 'admin-cli', 'broker'],
  ...['realm-management', 'security-admin-console'],
])

interface KeycloakAuthentication {
  readonly authenticationMethods: readonly string[]
  readonly settings: Partial<ClientSettings>
}

function authenticationOf(
  client: ExportObject,
  attributes: ExportObject,
): KeycloakAuthentication | undefined {
  switch (textIn(client.clientAuthenticatorType) ?? 'client-secret') {
    case 'client-secret':
      return { authenticationMethods: ['client_secret_basic', 'client_secret_post'], settings: {} }
    case 'client-secret-jwt':
      return legacy(['client_secret_jwt'], {})
    case 'client-jwt':
      return legacy(['private_key_jwt'], { keys: keysOf(attributes) })
    case 'client-x509': {
      const value = textIn(attributes['x509.subjectdn']) ?? ''
      const settings = { certificate: { kind: 'subject_dn', value } } as const
      return { authenticationMethods: ['tls_client_auth'], settings }
    }
    default:
      return undefined
  }
}

/** Its clients name the token endpoint or the realm as the audience of their assertions, as they like. */
function legacy(
  authenticationMethods: readonly string[],
  settings: Partial<ClientSettings>,
): KeycloakAuthentication {
  return { authenticationMethods, settings: { ...settings, assertionAudience: 'legacy' } }
}

function keysOf(attributes: ExportObject): ClientSettings['keys'] {
  if (attributes['use.jwks.url'] === 'true') return keysIn(undefined, attributes['jwks.url'])
  if (attributes['use.jwks.string'] === 'true') return keysIn(attributes['jwks.string'], undefined)
  const certificate = textIn(attributes['jwt.credential.certificate'])
  return certificate === undefined ? undefined : publicKeysOfCertificate(certificate)
}

/** The console shows asterisks for what it hides. */
function secretsOf(
  client: ExportObject,
  attributes: ExportObject,
  into: RegistryCollector,
): DeclaredSecret[] {
  const secret = textIn(client.secret)
  const isHidden = secret === undefined || /^\*+$/.test(secret)
  if (isHidden) {
    into.notice(`client ${client.clientId}: the export has no secret of it; export with kc.sh`)
    return []
  }
  const expiresAt = instantIn(attributes['client.secret.expiration.time'])
  const rotated = textIn(attributes['client.secret.rotated'])
  const rotatedExpiry = instantIn(attributes['client.secret.rotated.expiration.time'])
  return [
    plainSecret(secret, { expiresAt }),
    ...(rotated === undefined
      ? []
      : [plainSecret(rotated, { label: 'rotated', expiresAt: rotatedExpiry })]),
  ]
}

function grantsOf(
  client: ExportObject,
  realm: ExportObject,
  into: RegistryCollector,
): readonly ImportedGrant[] {
  const defaults = ownScopes(client.defaultClientScopes)
  const scopes = [...new Set([...defaults, ...ownScopes(client.optionalClientScopes)])]
  const audiences = audiencesOf(client, realm)
  const roles = rolesOf(client, realm)
  const first = audiences.size > 0 ? audiences : new Set(Object.keys(roles))
  const named =
    first.size > 0 ? first : new Set([into.defaultAudience].filter((one) => one !== undefined))
  const all = new Set([...named, ...Object.keys(roles)])
  return [...all].map((audience) => {
    const own = textsIn(roles[audience]).filter((role) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(role))
    const here = named.has(audience) ? scopes : []
    const isNarrower = named.has(audience) && defaults.length < scopes.length
    return {
      audience,
      scopes: [...new Set([...here, ...own])],
      defaultScopes: isNarrower ? [...new Set([...defaults, ...own])] : undefined,
    }
  })
}

/** Client scopes that say what OpenID Connect and Keycloak say of people and tokens, not what may be done. */
const scopesOfKeycloak = new Set([
  ...['openid', 'profile', 'email', 'address', 'phone', 'roles', 'web-origins', 'acr', 'basic'],
  ...['microprofile-jwt', 'offline_access', 'organization', 'service_account', 'role_list'],
])

function ownScopes(value: unknown): readonly string[] {
  return textsIn(value).filter((scope) => !scopesOfKeycloak.has(scope))
}

/** What the audience mappers of the client and of its scopes put into `aud`. */
function audiencesOf(client: ExportObject, realm: ExportObject): ReadonlySet<string> {
  const scopes = new Set([
    ...textsIn(client.defaultClientScopes),
    ...textsIn(client.optionalClientScopes),
  ])
  const sources = [
    client,
    ...objectsIn(realm.clientScopes).filter((one) => scopes.has(textIn(one.name) ?? '')),
  ]
  const mappers = sources.flatMap((source) => objectsIn(source.protocolMappers))
  const audiences = mappers
    .filter((mapper) => mapper.protocolMapper === 'oidc-audience-mapper')
    .map((mapper) => objectIn(mapper.config))
    .map((of) => textIn(of['included.client.audience']) ?? textIn(of['included.custom.audience']))
  return new Set(audiences.filter((audience) => audience !== undefined))
}

/** The client roles of its service account, by the client that has them. */
function rolesOf(client: ExportObject, realm: ExportObject): ExportObject {
  const account = objectsIn(realm.users).find(
    (one) => one.serviceAccountClientId === client.clientId,
  )
  const roles = Object.entries(objectIn(account?.clientRoles))
  return Object.fromEntries(roles.filter(([owner]) => !ownClients.has(owner)))
}
