/**
 * What an operator may do with resource servers.
 *
 * A client's scope always belongs to a resource: a scope or a resource that clients have a grant of is taken away only
 * together with those grants, in one transaction, and only when that was asked for (`cascade`).
 */
import { intersection } from '@mintmark/protocol'
import type { ClientRecord } from '../storage/records.ts'
import type { ClientChoice } from '../storage/storage.ts'
import type { ClientWithoutSecrets, StoredChange } from '../storage/stored-change.ts'
import { isoText } from './client-view.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import {
  type DecisionScope,
  decideAndApply,
  type Intention,
  type RegistryWorld,
} from './registry-world.ts'
import type { RegisteredResource, Resource } from './resource.ts'
import {
  checkResourceDraft,
  checkResourcePatch,
  type ResourceDraft,
  type ResourcePatch,
} from './resource-draft.ts'
import { type VersionCondition, versionOf, versionRefusal } from './version.ts'

/** Whether what clients lose by a change is taken from them, or the change refused; and when it is made at all. */
export interface ResourceChangeOptions extends VersionCondition {
  /** Default `false`. */
  readonly cascade?: boolean | undefined
}

/** Resource servers: audiences, and the scopes that they own. */
export interface ResourceOperations {
  /** Registers a resource server: an audience and the scopes that it owns. */
  createResource(draft: ResourceDraft): Promise<Registered<RegisteredResource>>
  /**
   * Changes the members that `patch` names. `scope_in_use` when a scope would go that clients are granted, unless
   * `cascade` takes it from them too; `version_outdated` when it has another version than `ifVersion`. Tokens that are
   * out keep what they say until they expire.
   */
  updateResource(
    id: string,
    patch: ResourcePatch,
    options?: ResourceChangeOptions,
  ): Promise<Registered<RegisteredResource>>
  /** Removes a resource. `resource_in_use` when clients have a grant there or serve it, unless `cascade`. */
  deleteResource(
    id: string,
    options?: ResourceChangeOptions,
  ): Promise<Registered<RegisteredResource>>
  resource(id: string): Promise<RegisteredResource | undefined>
  /** All of them, in order of their ids. */
  resources(): Promise<readonly RegisteredResource[]>
}

/** The operations over an open session. `ensureKey` makes sure that there is a signing key of an algorithm. */
export function createResourceOperations(
  world: RegistryWorld,
  ensureKey: (algorithm: Resource['algorithm']) => Promise<void>,
): ResourceOperations {
  const { session, clock } = world
  const resources = async () => (await session.readRegistry({ kind: 'none' })).resources
  return {
    async createResource(draft) {
      const checked = checkResourceDraft(draft, isoText(clock.wallMs()))
      if (!checked.ok) return checked
      const resource = checked.value
      await ensureKey(resource.algorithm)
      return decideAndApply(world, aboutResource(resource.id), (part) =>
        part.resources.some((one) => one.id === resource.id)
          ? notRegistered('resource_exists', resource.id)
          : registered({
              changes: [{ type: 'resource_created', resource }],
              value: view(resource),
            }),
      )
    },
    async updateResource(id, patch, options = {}) {
      const current = (await resources()).find((one) => one.id === id)
      const foreseen = current && checkResourcePatch(current, patch)
      if (foreseen?.ok) await ensureKey(foreseen.value.algorithm)
      const { subjects, clients } = aboutResource(id)
      const scope = { subjects, clients: patch.scope === undefined ? noClients : clients }
      return decideAndApply(world, scope, (part) => {
        const known = part.resources.find((one) => one.id === id)
        if (known === undefined) return notRegistered('resource_unknown', id)
        const outdated = versionRefusal(view(known), options)
        if (outdated !== undefined) return outdated
        const checked = checkResourcePatch(known, patch)
        return checked.ok ? replacement(checked.value, part.clients, options) : checked
      })
    },
    deleteResource: (id, options = {}) =>
      decideAndApply(world, aboutResource(id), ({ resources: all, clients }) => {
        const resource = all.find((one) => one.id === id)
        if (resource === undefined) return notRegistered('resource_unknown', id)
        const outdated = versionRefusal(view(resource), options)
        if (outdated !== undefined) return outdated
        if (clients.length > 0 && options.cascade !== true) {
          return notRegistered('resource_in_use', id)
        }
        const changes = clients.flatMap((client) => withoutDefault(client, id))
        return registered({
          changes: [...changes, { type: 'resource_deleted', id }],
          value: view(resource),
        })
      }),
    async resource(id) {
      const known = (await resources()).find((one) => one.id === id)
      return known && view(known)
    },
    resources: async () => (await resources()).map(view),
  }
}

function view(resource: Resource): RegisteredResource {
  return { ...resource, version: versionOf(resource) }
}

const noClients: ClientChoice = { kind: 'none' }

/** A resource, and every client that has to do with it. */
function aboutResource(resource: string): DecisionScope {
  return {
    clients: { kind: 'naming', resource },
    subjects: [{ kind: 'resource', id: resource }, { kind: 'client' }],
  }
}

/** Puts `resource` in the place of what it was, and takes from `clients` what it no longer owns. */
function replacement(
  resource: Resource,
  clients: readonly ClientRecord[],
  { cascade = false }: ResourceChangeOptions,
): Registered<Intention<RegisteredResource>> {
  const changes: StoredChange[] = []
  for (const client of clients) {
    const lost = lostScope(client, resource)
    if (lost === undefined) continue
    if (!cascade) return notRegistered('scope_in_use', lost)
    if (client.settings === undefined) return notRegistered('client_not_understood', client.id)
    changes.push({ type: 'client_updated', client: narrowed(client, resource) })
  }
  changes.push({ type: 'resource_updated', resource })
  return registered({ changes, value: view(resource) })
}

/** A scope that the client is granted and the resource does not own. */
function lostScope(client: ClientRecord, { id, scopes }: Resource): string | undefined {
  const grant = client.grants.find((one) => one.resource === id)
  return grant?.scopes.tokens.find((token) => !scopes.has(token))
}

function narrowed(client: ClientRecord, { id, scopes: owned }: Resource): ClientWithoutSecrets {
  const { secrets: _, ...kept } = client
  const grants = client.grants.map((grant) => {
    if (grant.resource !== id) return grant
    const { scopes, defaultScopes } = grant
    return {
      ...{ resource: id, scopes: intersection(scopes, owned) },
      defaultScopes: defaultScopes && intersection(defaultScopes, owned),
    }
  })
  return { ...kept, grants }
}

/** The storage takes a deleted resource from the grants; what a setting says about it is taken here. */
function withoutDefault(client: ClientRecord, id: string): readonly StoredChange[] {
  const { secrets: _, settings, ...kept } = client
  if (settings?.defaultResource !== id) return []
  const grants = client.grants.filter((grant) => grant.resource !== id)
  const changed = { ...kept, grants, settings: { ...settings, defaultResource: undefined } }
  return [{ type: 'client_updated', client: changed }]
}
