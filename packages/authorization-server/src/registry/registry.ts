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
import { tokenLifetimeSecondsMax } from '../limits.ts'
import { createSigningKey } from '../signing-keys/create-signing-key.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { ClientRecord, SecretRecord } from '../storage/records.ts'
import type { ChangeOutcome, Storage, StorageSession } from '../storage/storage.ts'
import type { StoredChange } from '../storage/stored-change.ts'
import type { Client, ClientSecretSummary } from './client.ts'
import { generateClientSecret, generateSecretId } from './client-secret.ts'
import { plainClientSettings } from './client-settings.ts'
import {
  type CheckedClient,
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
  /** Shown once: only its digest is stored. `undefined` for a client that proves itself without one. */
  readonly clientSecret: ClientSecret | undefined
  /** The public name of that secret. */
  readonly secretId: string | undefined
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
  const apply = changer(session, world, changed)
  return {
    async createResource(draft) {
      const createdAt = new Date(world.clock.wallMs()).toISOString()
      const checked = checkResourceDraft(draft, createdAt)
      if (!checked.ok) return checked
      await ensureSigningKey(checked.value.algorithm, session, engine, world)
      const resource = checked.value
      const outcome = await apply({ type: 'resource_created', resource })
      return outcome.ok ? checked : notRegistered('resource_exists', draft.id)
    },
    resources: async () => (await session.load()).resources,
    async createClient(draft) {
      const checked = checkClientDraft(draft, (await session.load()).resources)
      if (!checked.ok) return checked
      const made = clientRecord(draft, checked.value, digester, world)
      const outcome = await apply({ type: 'client_created', client: made.record })
      if (!outcome.ok) return notRegistered('client_exists', draft.id)
      const { record, issued } = made
      return registered({
        client: clientOf(record, world),
        clientSecret: issued?.secret,
        secretId: issued?.record.id,
      })
    },
    clients: async () => (await session.load()).clients.map((one) => clientOf(one, world)),
    client: (id) => findClient(session, id, world),
    async setClientDisabled(id, disabled) {
      const outcome = disabled
        ? await apply({ type: 'client_disabled', id }, endOfTokens(id, world))
        : await apply({ type: 'client_enabled', id })
      const client = outcome.ok ? await findClient(session, id, world) : undefined
      return client === undefined ? notRegistered('client_unknown', id) : registered(client)
    },
    async deleteClient(id) {
      const client = await findClient(session, id, world)
      const outcome = await apply({ type: 'client_deleted', id }, endOfTokens(id, world))
      if (client === undefined || !outcome.ok) return notRegistered('client_unknown', id)
      return registered(client)
    },
    close: () => session.close(),
  }
}

/** Makes changes durable, and then in force. */
function changer(session: StorageSession, world: World, changed: () => Promise<void>) {
  return async (...changes: readonly StoredChange[]): Promise<ChangeOutcome> => {
    const atWallMs = world.clock.wallMs()
    const outcome = await session.apply(changes, { actor: 'library', via: 'library', atWallMs })
    if (outcome.ok) await changed()
    return outcome
  }
}

/** Revokes every token that a client has by now. */
function endOfTokens(clientId: string, { clock }: World): StoredChange {
  const nowSeconds = Math.floor(clock.wallMs() / 1000)
  const expiresAtSeconds = nowSeconds + tokenLifetimeSecondsMax
  const epoch = { clientId, notBeforeSeconds: nowSeconds, expiresAtSeconds }
  return { type: 'client_tokens_revoked', epoch }
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
  const atWallMs = world.clock.wallMs()
  const making = { ...world, engine, masterKey: session.masterKey }
  const key = await createSigningKey(algorithm, atWallMs, making)
  // Of several that start at the same time one makes the key, and all use it.
  const creation = { type: 'signing_key_created', key, besides: [] } as const
  await session.apply([creation], { actor: 'node', via: 'node', atWallMs })
}

async function findClient(
  session: StorageSession,
  id: string,
  world: World,
): Promise<Client | undefined> {
  const { clients } = await session.load()
  const record = clients.find((client) => client.id === id)
  return record && clientOf(record, world)
}

function clientRecord(
  draft: ClientDraft,
  checked: CheckedClient,
  digester: SecretDigester,
  world: World,
): { record: ClientRecord; issued: IssuedSecret | undefined } {
  const issued = checked.authenticationMethods.some((method) => method.startsWith('client_secret_'))
    ? issueSecret(draft.clientSecret, digester, world)
    : undefined
  const record: ClientRecord = {
    id: draft.id,
    disabled: false,
    ...checked,
    secrets: issued === undefined ? [] : [issued.record],
    createdAtWallMs: world.clock.wallMs(),
  }
  return { record, issued }
}

/** A secret and what is stored of it. */
interface IssuedSecret {
  readonly secret: ClientSecret
  readonly record: SecretRecord
}

function issueSecret(
  brought: ClientSecret | undefined,
  digester: SecretDigester,
  { clock, random }: World,
): IssuedSecret {
  const { id, secret } =
    brought === undefined
      ? generateClientSecret(random)
      : { id: generateSecretId(random), secret: brought }
  const record: SecretRecord = {
    id,
    label: undefined,
    verifier: { kind: 'keyed', digest: digester.digest(secret) },
    sealed: undefined,
    createdAtWallMs: clock.wallMs(),
    expiresAtWallMs: undefined,
    retiredAtWallMs: undefined,
  }
  return { secret, record }
}

function clientOf(record: ClientRecord, { clock }: World): Client {
  const nowWallMs = clock.wallMs()
  return {
    id: record.id,
    disabled: record.disabled,
    authenticationMethods: record.authenticationMethods,
    grants: record.grants,
    secrets: record.secrets.map((secret) => secretSummary(secret, nowWallMs)),
    servesResources: record.servesResources,
    settings: record.settings ?? plainClientSettings,
    createdAt: isoText(record.createdAtWallMs),
  }
}

function secretSummary(secret: SecretRecord, nowWallMs: number): ClientSecretSummary {
  const { id, label, verifier, createdAtWallMs, expiresAtWallMs, retiredAtWallMs } = secret
  const isExpired = expiresAtWallMs !== undefined && expiresAtWallMs <= nowWallMs
  return {
    ...{ id, label },
    state: retiredAtWallMs !== undefined ? 'retired' : isExpired ? 'expired' : 'active',
    createdAt: isoText(createdAtWallMs),
    expiresAt: expiresAtWallMs === undefined ? undefined : isoText(expiresAtWallMs),
    retiredAt: retiredAtWallMs === undefined ? undefined : isoText(retiredAtWallMs),
    hash: verifier.kind,
  }
}

function isoText(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
