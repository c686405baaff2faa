/**
 * The registry as the hot path reads it: everything about a client one map look-up away, immutable, replaced whole
 * when something changes.
 */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { emptyScope, type ScopeSet, union } from '@mintmark/protocol'
import type { ClientRecord, SecretRecord, StoredState } from '../storage/storage.ts'
import type { AccessTokenTemplate } from '../tokens/access-token-template.ts'
import type { Resource } from './resource.ts'

/** A client with all that a token request needs. */
export interface RegisteredClient {
  readonly id: string
  readonly disabled: boolean
  readonly authenticationMethods: ReadonlySet<string>
  readonly secrets: readonly SecretRecord[]
  /** Ceiling per resource id. */
  readonly grants: ReadonlyMap<string, ScopeSet>
  /** All scopes that the client may be granted anywhere. */
  readonly ceiling: ScopeSet
  readonly servesResources: ReadonlySet<string>
  /** Templates of what this client asked for before, by the text of the request. Dies with the snapshot. */
  readonly templates: Map<string, AccessTokenTemplate>
}

/** The registry at one instant. */
export interface RegistrySnapshot {
  client(id: string): RegisteredClient | undefined
  resource(id: string): Resource | undefined
  /** Whether some client was named as the resource server of `resource`. */
  isServed(resource: string): boolean
  /** The algorithms that the resources' tokens are signed with. */
  readonly algorithms: ReadonlySet<SignatureAlgorithm>
}

/** Prepares what was read for being looked up. */
export function createRegistrySnapshot(state: StoredState): RegistrySnapshot {
  const resources = new Map(state.resources.map((resource) => [resource.id, resource]))
  const clients = new Map(state.clients.map((client) => [client.id, registeredClient(client)]))
  const served = new Set(state.clients.flatMap((client) => client.servesResources))
  return {
    client: (id) => clients.get(id),
    resource: (id) => resources.get(id),
    isServed: (resource) => served.has(resource),
    algorithms: new Set(state.resources.map((resource) => resource.algorithm)),
  }
}

function registeredClient(record: ClientRecord): RegisteredClient {
  return {
    id: record.id,
    disabled: record.disabled,
    authenticationMethods: new Set(record.authenticationMethods),
    secrets: record.secrets,
    grants: new Map(record.grants.map((grant) => [grant.resource, grant.scopes])),
    ceiling: record.grants.reduce((all, grant) => union(all, grant.scopes), emptyScope),
    servesResources: new Set(record.servesResources),
    templates: new Map(),
  }
}
