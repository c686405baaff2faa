/**
 * Clients of node-oidc-provider: the array of client metadata in its configuration, or what an adapter stored of each
 * (an object with the metadata in `payload`).
 */
import {
  type ExportObject,
  instantIn,
  objectIn,
  objectsIn,
  plainSecret,
  textIn,
} from './export-values.ts'
import {
  type ImportedRegistry,
  type ImportOptions,
  RegistryCollector,
  scopeTokens,
} from './imported-registry.ts'
import { machineIn, settingsOf } from './registration-metadata.ts'

/** Reads clients of node-oidc-provider. Its resource servers are code, so every client gets the default resource. */
export function importOidcProvider(document: unknown, options: ImportOptions): ImportedRegistry {
  const into = new RegistryCollector(options)
  const listed = Array.isArray(document) ? document : objectIn(document).clients
  for (const client of objectsIn(listed)) {
    importClient('payload' in client ? objectIn(client.payload) : client, into)
  }
  return into.collected()
}

function importClient(client: ExportObject, into: RegistryCollector): undefined {
  const machine = machineIn(client, into)
  if (machine === undefined) return
  const { id, authenticationMethods } = machine
  const audience = into.defaultAudience
  if (audience === undefined) {
    return into.skip(
      id,
      'an oidc-provider client has no audience; name a resource for such clients',
    )
  }
  const secret = textIn(client.client_secret)
  const expiresAt = instantIn(client.client_secret_expires_at)
  into.client({
    ...{ id, disabled: false, authenticationMethods },
    label: textIn(client.client_name),
    grants: [{ audience, scopes: scopeTokens(textIn(client.scope) ?? '', id, into) }],
    secrets: secret === undefined ? [] : [plainSecret(secret, { expiresAt })],
    settings: settingsOf(client),
    lifetimeSeconds: undefined,
  })
}
