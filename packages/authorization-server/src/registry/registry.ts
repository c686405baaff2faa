/**
 * Administration: what an operator may change, each change checked against what is stored at that moment and durable
 * when its promise resolves. The same functions serve a command on the data folder and a running server.
 */
import { nodeEngine, type SignatureAlgorithm, type SynchronousSignatureEngine } from '@mintmark/jwt'
import type { ClientSecret } from '@mintmark/protocol'
import {
  type Clock,
  invariant,
  type RandomSource,
  systemClock,
  systemRandom,
} from '@mintmark/runtime'
import { createSigningKey } from '../signing-keys/key-ring.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { ClientRecord, Storage, StorageSession } from '../storage/storage.ts'
import type { Client } from './client.ts'
import { generateClientSecret, generateSecretId } from './client-secret.ts'
import {
  type ClientDraft,
  checkClientDraft,
  checkResourceDraft,
  type ResourceDraft,
} from './drafts.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import type { Resource } from './resource.ts'
import { createSecretDigester, type SecretDigester } from './secret-digest.ts'

/** A client that was just registered. */
export interface CreatedClient {
  readonly client: Client
  /** Shown once: only its digest is stored. */
  readonly clientSecret: ClientSecret
  /** The public name of that secret. */
  readonly secretId: string
}

/** What an operator may do. */
export interface Registry {
  /** Registers a resource server: an audience and the scopes that it owns. */
  createResource(draft: ResourceDraft): Promise<Registered<Resource>>
  resources(): Promise<readonly Resource[]>
  /** Registers a client with a ceiling of scopes, and makes its secret unless the draft brings one. */
  createClient(draft: ClientDraft): Promise<Registered<CreatedClient>>
  clients(): Promise<readonly Client[]>
  client(id: string): Promise<Client | undefined>
  /** A disabled client gets no token, and the tokens it has introspect as inactive. */
  setClientDisabled(id: string, disabled: boolean): Promise<Registered<Client>>
  /** Removes a client for good. Its id may be registered again. */
  deleteClient(id: string): Promise<Registered<Client>>
  close(): Promise<void>
}

/** What a registry needs. */
export interface RegistryOptions {
  readonly storage: Storage
  readonly clock?: Clock
  readonly random?: RandomSource
}

/**
 * Opens the registry of a storage for administration, without serving anything.
 *
 * Works beside running servers: they notice a change within a second. Rejects with `StorageError` when the storage
 * cannot be used.
 */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const session = await options.storage.open()
  return createRegistry(session, {
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  })
}

interface World {
  readonly clock: Clock
  readonly random: RandomSource
}

/** The registry over an open session. `changed` is called after each durable change. */
export function createRegistry(
  session: StorageSession,
  world: World,
  changed: () => Promise<void> = async () => undefined,
): Registry {
  const engine = requireNodeEngine()
  const digester = createSecretDigester(deriveKey(session.masterKey, 'client secret digests'))
  return {
    async createResource(draft) {
      const createdAt = new Date(world.clock.wallMs()).toISOString()
      const checked = checkResourceDraft(draft, createdAt)
      if (!checked.ok) return checked
      await ensureSigningKey(checked.value.algorithm, session, engine, world)
      const result = await session.insertResource(checked.value)
      if (result === 'exists') return notRegistered('resource_exists', draft.id)
      await changed()
      return checked
    },
    resources: async () => (await session.load()).resources,
    async createClient(draft) {
      const checked = checkClientDraft(draft, (await session.load()).resources)
      if (!checked.ok) return checked
      const made = clientRecord(draft, checked.value, digester, world)
      const result = await session.insertClient(made.record)
      if (result === 'exists') return notRegistered('client_exists', draft.id)
      await changed()
      const { clientSecret, secretId } = made
      return registered({ client: clientOf(made.record), clientSecret, secretId })
    },
    clients: async () => (await session.load()).clients.map(clientOf),
    client: (id) => findClient(session, id),
    setClientDisabled: (id, disabled) =>
      changeClient(session, id, () => session.setClientDisabled(id, disabled), changed),
    async deleteClient(id) {
      const client = await findClient(session, id)
      if (client === undefined) return notRegistered('client_unknown', id)
      await session.deleteClient(id)
      await changed()
      return registered(client)
    },
    close: () => session.close(),
  }
}

/** The engine of `node:crypto`, which every Node that can run this package has. */
export function requireNodeEngine(): SynchronousSignatureEngine {
  const engine = nodeEngine()
  invariant(engine !== undefined, 'the authorization server runs on Node, which has node:crypto')
  return engine
}

/** Makes the first signing key of an algorithm, before anything is promised that needs it. */
export async function ensureSigningKey(
  algorithm: SignatureAlgorithm,
  session: StorageSession,
  engine: SynchronousSignatureEngine,
  world: World,
): Promise<void> {
  const { signingKeys } = await session.load()
  if (signingKeys.some((key) => key.algorithm === algorithm)) return
  await createSigningKey(algorithm, session, engine, world)
}

async function changeClient(
  session: StorageSession,
  id: string,
  change: () => Promise<void>,
  changed: () => Promise<void>,
): Promise<Registered<Client>> {
  await change()
  const client = await findClient(session, id)
  if (client === undefined) return notRegistered('client_unknown', id)
  await changed()
  return registered(client)
}

async function findClient(session: StorageSession, id: string): Promise<Client | undefined> {
  const { clients } = await session.load()
  const record = clients.find((client) => client.id === id)
  return record && clientOf(record)
}

function clientRecord(
  draft: ClientDraft,
  checked: Pick<ClientRecord, 'grants' | 'authenticationMethods' | 'servesResources'>,
  digester: SecretDigester,
  { clock, random }: World,
): { record: ClientRecord; clientSecret: ClientSecret; secretId: string } {
  const createdAtWallMs = clock.wallMs()
  const generated = draft.clientSecret === undefined ? generateClientSecret(random) : undefined
  const clientSecret = generated?.secret ?? draft.clientSecret
  invariant(clientSecret !== undefined, 'a secret is either generated or brought along')
  const secretId = generated?.id ?? generateSecretId(random)
  const digest = digester.digest(clientSecret)
  const record: ClientRecord = {
    id: draft.id,
    disabled: false,
    ...checked,
    secrets: [{ id: secretId, digest, createdAtWallMs, expiresAtWallMs: undefined }],
    createdAtWallMs,
  }
  return { record, clientSecret, secretId }
}

function clientOf(record: ClientRecord): Client {
  return {
    id: record.id,
    disabled: record.disabled,
    authenticationMethods: record.authenticationMethods,
    grants: record.grants,
    secrets: record.secrets.map((secret) => ({
      id: secret.id,
      createdAt: isoText(secret.createdAtWallMs),
      expiresAt: secret.expiresAtWallMs === undefined ? undefined : isoText(secret.expiresAtWallMs),
    })),
    servesResources: record.servesResources,
    createdAt: isoText(record.createdAtWallMs),
  }
}

function isoText(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
