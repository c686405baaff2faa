/**
 * Applications of Auth0: `clients`, `clientGrants` and `resourceServers` as its deploy tool writes them into one JSON
 * document, or as its Management API answers (`client_grants`, `resource_servers`), put together.
 */
import {
  countIn,
  type ExportObject,
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
  scopeTokens,
} from './imported-registry.ts'

/** Reads an export of an Auth0 tenant. */
export function importAuth0(document: unknown, options: ImportOptions): ImportedRegistry {
  const into = new RegistryCollector(options)
  const tenant = objectIn(document)
  for (const server of objectsIn(tenant.resourceServers ?? tenant.resource_servers)) {
    importResourceServer(server, into)
  }
  const grants = objectsIn(tenant.clientGrants ?? tenant.client_grants)
  for (const client of objectsIn(tenant.clients)) importClient(client, grants, into)
  return into.collected()
}

/** The tenant's own management API is not one of its owner's. */
function importResourceServer(server: ExportObject, into: RegistryCollector): void {
  const audience = textIn(server.identifier)
  if (audience === undefined || server.is_system === true) return
  const signed = textIn(server.signing_alg)
  if (signed === 'HS256') {
    into.notice(`tokens for ${audience} were signed with HS256; here they are with ES256`)
  }
  const scopes = objectsIn(server.scopes).flatMap((scope) => textIn(scope.value) ?? [])
  into.resource(audience, {
    scopes,
    label: textIn(server.name),
    lifetimeSeconds: countIn(server.token_lifetime),
    algorithm: signed === 'RS256' || signed === 'PS256' ? signed : undefined,
  })
}

function importClient(
  client: ExportObject,
  grants: readonly ExportObject[],
  into: RegistryCollector,
): undefined {
  const name = textIn(client.name)
  const id = textIn(client.client_id)
  if (client.global === true) return
  if (id === undefined) return into.skip(name ?? '?', 'the export has no client_id of it')
  const grantTypes = textsIn(client.grant_types)
  const isMachine =
    grantTypes.includes('client_credentials') ||
    (grantTypes.length === 0 && client.app_type === 'non_interactive')
  if (!isMachine) return into.skip(id, 'it signs in people: client_credentials is not granted')
  // The deploy tool writes the name of the client where the API has its id.
  const own = grants.filter((grant) => grant.client_id === id || grant.client_id === name)
  const granted = own.flatMap((grant) => grantOf(grant, id, into))
  if (granted.length === 0) return into.skip(id, 'no API is granted to it')
  const keys = objectIn(client.client_authentication_methods)
  if ('private_key_jwt' in keys || 'tls_client_auth' in keys) {
    return into.skip(id, 'the export has no keys or certificates; register it with its own')
  }
  if (client.token_endpoint_auth_method === 'none') return into.skip(id, 'it is a public client')
  const secret = textIn(client.client_secret)
  if (secret === undefined) into.notice(`client ${id}: the export has no secret of it`)
  into.client({
    ...{ id, disabled: false, label: name, grants: granted },
    authenticationMethods: ['client_secret_basic', 'client_secret_post'],
    secrets: secret === undefined ? [] : [plainSecret(secret)],
    settings: {},
    lifetimeSeconds: undefined,
  })
}

function grantOf(
  grant: ExportObject,
  id: string,
  into: RegistryCollector,
): readonly ImportedGrant[] {
  const audience = textIn(grant.audience)
  if (audience === undefined) return []
  if (/^https:\/\/[^/]+\/api\/v2\/$/.test(audience)) {
    into.notice(`client ${id}: its grant of Auth0's own management API is left out`)
    return []
  }
  return [{ audience, scopes: scopeTokens(textsIn(grant.scope).join(' '), id, into) }]
}
