/**
 * The registry as the hot path reads it: everything about a client one map look-up away.
 *
 * Invariants
 *  (1) A difference is merged within one turn: no request sees half of a change.
 *  (2) What is derived from a client's record is made when it is first asked for, and dies when the record, a resource
 *      or a signing key changes.
 */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { emptyScope, type ScopeSet, union } from '@mintmark/protocol'
import type { RegisteredIdentity } from '../client-authentication/federation/federated-claims.ts'
import type { ClientRecord, SecretRecord } from '../storage/records.ts'
import type { StateDifference, StoredState } from '../storage/storage.ts'
import type { AccessTokenTemplate } from '../tokens/access-token-template.ts'
import type { Grant } from './client.ts'
import { type ClientSettings, plainClientSettings } from './client-settings.ts'
import type { Resource } from './resource.ts'

/** A client with all that a token request needs. */
export interface RegisteredClient {
  readonly id: string
  /** By its operator, or because its settings are of a newer version. */
  readonly disabled: boolean
  readonly authenticationMethods: ReadonlySet<string>
  readonly secrets: readonly SecretRecord[]
  /** By resource id. */
  readonly grants: ReadonlyMap<string, Grant>
  /** All scopes that the client may be granted anywhere. */
  readonly ceiling: ScopeSet
  readonly servesResources: ReadonlySet<string>
  readonly settings: ClientSettings
  /** Templates of what this client asked for before, by what it asked and by the words. */
  readonly templates: Map<string, AccessTokenTemplate>
}

/** The registry at one instant. */
export interface RegistrySnapshot {
  client(id: string): RegisteredClient | undefined
  resource(id: string): Resource | undefined
  resources(): Iterable<Resource>
  /** The identities of `issuer` with that `subject`, and the clients that they stand for. */
  federated(issuer: string, subject: string): readonly RegisteredIdentity[]
  /** Whether some client was named as the resource server of `resource`. */
  isServed(resource: string): boolean
  /** The algorithms that the resources' tokens are signed with. */
  readonly algorithms: ReadonlySet<SignatureAlgorithm>
  /** How many clients are registered. */
  readonly clientCount: number
}

/** The registry in memory. */
export class MemoryRegistry implements RegistrySnapshot {
  readonly #records = new Map<string, ClientRecord>()
  readonly #prepared = new Map<string, RegisteredClient>()
  #resources: ReadonlyMap<string, Resource> = new Map()
  #served: ReadonlySet<string> | undefined
  #federated: ReadonlyMap<string, readonly RegisteredIdentity[]> | undefined

  /** Takes over everything. */
  replace(state: Pick<StoredState, 'clients' | 'resources'>): void {
    this.#records.clear()
    for (const record of state.clients) this.#records.set(record.id, record)
    this.#resources = byId(state.resources)
    this.forgetPrepared()
  }

  /** Takes over what changed. */
  merge({ clients, deletedClients, resources }: StateDifference): void {
    for (const record of clients) {
      this.#records.set(record.id, record)
      this.#prepared.delete(record.id)
    }
    for (const id of deletedClients) {
      this.#records.delete(id)
      this.#prepared.delete(id)
    }
    this.#served = undefined
    this.#federated = undefined
    if (resources === undefined) return
    this.#resources = byId(resources)
    this.forgetPrepared()
  }

  /** Everything that it holds, as it was taken over. */
  records(): Pick<StoredState, 'clients' | 'resources'> {
    return { clients: [...this.#records.values()], resources: [...this.#resources.values()] }
  }

  /** Drops what was derived, templates included: for a change of the signing keys. */
  forgetPrepared(): void {
    this.#prepared.clear()
    this.#served = undefined
    this.#federated = undefined
  }

  client(id: string): RegisteredClient | undefined {
    const prepared = this.#prepared.get(id)
    if (prepared !== undefined) return prepared
    const record = this.#records.get(id)
    if (record === undefined) return undefined
    const client = prepare(record)
    this.#prepared.set(id, client)
    return client
  }

  resource(id: string): Resource | undefined {
    return this.#resources.get(id)
  }

  resources(): Iterable<Resource> {
    return this.#resources.values()
  }

  federated(issuer: string, subject: string): readonly RegisteredIdentity[] {
    this.#federated ??= identitiesOf(this.#records.values())
    return this.#federated.get(identityKey(issuer, subject)) ?? []
  }

  isServed(resource: string): boolean {
    this.#served ??= new Set([...this.#records.values()].flatMap((one) => one.servesResources))
    return this.#served.has(resource)
  }

  get algorithms(): ReadonlySet<SignatureAlgorithm> {
    return new Set([...this.#resources.values()].map((resource) => resource.algorithm))
  }

  get clientCount(): number {
    return this.#records.size
  }
}

/** Every federated identity, by issuer and subject. */
function identitiesOf(
  records: Iterable<ClientRecord>,
): ReadonlyMap<string, readonly RegisteredIdentity[]> {
  const found = new Map<string, RegisteredIdentity[]>()
  for (const { id, settings } of records) {
    for (const identity of settings?.federatedIdentities ?? []) {
      const key = identityKey(identity.issuer, identity.subject)
      const same = found.get(key) ?? []
      same.push({ clientId: id, identity })
      found.set(key, same)
    }
  }
  return found
}

function identityKey(issuer: string, subject: string): string {
  return JSON.stringify([issuer, subject])
}

function byId(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map(resources.map((resource) => [resource.id, resource]))
}

function prepare(record: ClientRecord): RegisteredClient {
  return {
    id: record.id,
    disabled: record.disabled || record.settings === undefined,
    authenticationMethods: new Set(record.authenticationMethods),
    secrets: record.secrets,
    grants: new Map(record.grants.map((grant) => [grant.resource, grant])),
    ceiling: record.grants.reduce((all, grant) => union(all, grant.scopes), emptyScope),
    servesResources: new Set(record.servesResources),
    settings: record.settings ?? plainClientSettings,
    templates: new Map(),
  }
}
