/**
 * The first administrator: a client that may use the admin API, made once for each storage. Whoever holds its secret
 * can make others and disable it.
 */
import type { Administration, Registered } from '@mintmark/authorization-server'
import type { ClientSecret } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import { adminResource } from './wire/admin-resource.ts'

/** The client identifier of the first administrator. */
export const bootstrapClientId = 'mintmark-admin'

const adminScopes = 'admin:read admin:write'

/** A credential that was just made. It is shown to somebody now, or lost. */
export interface BootstrapCredential {
  readonly clientId: string
  readonly clientSecret: ClientSecret
}

/**
 * Makes the resource of the admin API and the first administrator on a storage that has neither; `undefined` on any
 * other, also when the administrator was deleted since. Of several nodes that start together one makes it.
 */
export async function bootstrapOnce({
  registry,
}: Administration): Promise<BootstrapCredential | undefined> {
  const created = await registry.createResource({ id: adminResource, scope: adminScopes })
  if (!created.ok) return undefined
  return await newAdministrator(registry)
}

/**
 * Makes whatever is missing of resource and administrator, and a new secret for the latter beside those it has. For
 * somebody with access to the storage who has lost the credential. Also enables the client when it was disabled.
 */
export async function bootstrapAgain({
  registry,
}: Administration): Promise<Registered<BootstrapCredential>> {
  await registry.createResource({ id: adminResource, scope: adminScopes })
  const known = await registry.client(bootstrapClientId)
  if (known === undefined) return { ok: true, value: await newAdministrator(registry) }
  const scoped = await registry.updateClient(bootstrapClientId, {
    grants: [{ resource: adminResource, scope: adminScopes }],
  })
  if (!scoped.ok) return scoped
  const enabled = await registry.setClientDisabled(bootstrapClientId, false)
  if (!enabled.ok) return enabled
  const added = await registry.addSecret(bootstrapClientId, { label: 'bootstrap' })
  if (!added.ok) return added
  const { clientSecret } = added.value
  return { ok: true, value: { clientId: bootstrapClientId, clientSecret } }
}

async function newAdministrator(
  registry: Administration['registry'],
): Promise<BootstrapCredential> {
  const created = await registry.createClient({
    id: bootstrapClientId,
    grants: [{ resource: adminResource, scope: adminScopes }],
    settings: { label: 'first administrator' },
  })
  // Somebody may have registered a client of this name before the resource existed; it is not made an administrator.
  invariant(created.ok, `there is no client ${bootstrapClientId} before its resource`)
  const { clientSecret } = created.value
  invariant(clientSecret !== undefined, 'a client without other methods has a secret')
  return { clientId: bootstrapClientId, clientSecret }
}
