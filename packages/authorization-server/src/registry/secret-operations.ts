/**
 * What an operator may do with the secrets of a client: several at once, each with a name, a label and an expiry of its
 * own, so that a new one can be handed out while the old one still works.
 *
 * A retired secret stays as a tombstone: nobody gets in with it, and whoever tries is noticed. Only the newest
 * `retiredSecretsMax` are kept.
 */
import type { ClientSecret } from '@mintmark/protocol'
import { liveSecretsMax, retiredSecretsMax } from '../limits.ts'
import type { ClientRecord, SecretRecord } from '../storage/records.ts'
import type { StoredChange } from '../storage/stored-change.ts'
import type { ClientSecretSummary } from './client.ts'
import { secretState, secretSummary } from './client-view.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import {
  aboutClient,
  decideAndApply,
  type Intention,
  type RegistryWorld,
} from './registry-world.ts'
import {
  checkMacSecret,
  checkSecretDraft,
  checkSecretPatch,
  issueSecret,
  type SecretDraft,
  type SecretPatch,
} from './secret-draft.ts'
import {
  longestLifetimeSeconds,
  type SecretReport,
  secretReport,
  storedDefaultLifetime,
} from './secret-report.ts'

/** A secret that was just added. */
export interface AddedSecret {
  readonly secret: ClientSecretSummary
  /** Shown once: only its digest is stored. */
  readonly clientSecret: ClientSecret
}

/** How a secret is retired. */
export interface RetirementOptions {
  /** Also while it may be in use. Default `false`. */
  readonly force?: boolean | undefined
}

/** The secrets of clients. */
export interface SecretOperations {
  /** Adds a secret beside those that the client has; they all go on working. */
  addSecret(clientId: string, draft?: SecretDraft): Promise<Registered<AddedSecret>>
  /** Changes label and expiry of a secret that is not retired. */
  updateSecret(
    clientId: string,
    secretId: string,
    patch: SecretPatch,
  ): Promise<Registered<ClientSecretSummary>>
  /** All secrets of a client with their last use, and whether each can be retired. */
  secrets(clientId: string): Promise<Registered<readonly SecretReport[]>>
  /**
   * Refuses a secret from now on, and keeps it as a tombstone. `secret_in_use` while somebody may still use it, unless
   * `force`. Retiring twice changes nothing.
   */
  retireSecret(
    clientId: string,
    secretId: string,
    options?: RetirementOptions,
  ): Promise<Registered<ClientSecretSummary>>
  /** Forgets a secret, retired or not, at once and for good: nobody is noticed any more who uses it. */
  deleteSecret(clientId: string, secretId: string): Promise<Registered<ClientSecretSummary>>
}

/** The operations over an open session. */
export function createSecretOperations(world: RegistryWorld): SecretOperations {
  const { session, clock } = world
  const view = (secret: SecretRecord) => secretSummary(secret, clock.wallMs())
  return {
    addSecret: (clientId, draft = {}) =>
      decideAndApply(world, aboutClient(clientId), ({ clients: [client] }) => {
        if (client === undefined) return notRegistered('client_unknown', clientId)
        return addition(client, draft, world)
      }),
    updateSecret: (clientId, secretId, patch) =>
      decideAndApply(world, aboutClient(clientId), ({ clients: [client] }) => {
        if (client === undefined) return notRegistered('client_unknown', clientId)
        const secret = client.secrets.find((one) => one.id === secretId)
        if (secret === undefined) return notRegistered('secret_unknown', secretId)
        const checked = checkSecretPatch(secret, patch, clock.wallMs())
        if (!checked.ok) return checked
        const change = { type: 'secret_updated', clientId, secretId, ...checked.value } as const
        return registered({ changes: [change], value: view({ ...secret, ...checked.value }) })
      }),
    async secrets(clientId) {
      const { clients, resources } = await session.readRegistry({ kind: 'ids', ids: [clientId] })
      const [client] = clients
      if (client === undefined) return notRegistered('client_unknown', clientId)
      const fallback = await storedDefaultLifetime(session)
      const lifetimeSeconds = longestLifetimeSeconds(client, resources, fallback)
      const evidence = { ...(await session.usageOf(clientId)), lifetimeSeconds }
      const nowWallMs = clock.wallMs()
      return registered(client.secrets.map((one) => secretReport(one, evidence, nowWallMs)))
    },
    async retireSecret(clientId, secretId, { force = false } = {}) {
      const known = await session.usageOf(clientId)
      const fallback = await storedDefaultLifetime(session)
      return decideAndApply(world, aboutClient(clientId), ({ resources, clients: [client] }) => {
        if (client === undefined) return notRegistered('client_unknown', clientId)
        const secret = client.secrets.find((one) => one.id === secretId)
        if (secret === undefined) return notRegistered('secret_unknown', secretId)
        if (secret.retiredAtWallMs !== undefined) {
          return registered({ changes: [], value: view(secret) })
        }
        const lifetimeSeconds = longestLifetimeSeconds(client, resources, fallback)
        const evidence = { ...known, lifetimeSeconds }
        const nowWallMs = clock.wallMs()
        if (!force && !secretReport(secret, evidence, nowWallMs).retirement.safe) {
          return notRegistered('secret_in_use', secretId)
        }
        const value = view({ ...secret, retiredAtWallMs: nowWallMs })
        return registered({ changes: retirement(client, secretId, nowWallMs), value })
      })
    },
    deleteSecret: (clientId, secretId) =>
      decideAndApply(world, aboutClient(clientId), ({ clients: [client] }) => {
        if (client === undefined) return notRegistered('client_unknown', clientId)
        const secret = client.secrets.find((one) => one.id === secretId)
        if (secret === undefined) return notRegistered('secret_unknown', secretId)
        const change = { type: 'secret_deleted', clientId, secretId } as const
        return registered({ changes: [change], value: view(secret) })
      }),
  }
}

function addition(
  client: ClientRecord,
  draft: SecretDraft,
  world: RegistryWorld,
): Registered<Intention<AddedSecret>> {
  const nowWallMs = world.clock.wallMs()
  const checked = checkSecretDraft(draft, nowWallMs)
  if (!checked.ok) return checked
  const key = checkMacSecret(draft.clientSecret, client.authenticationMethods)
  if (!key.ok) return key
  if (isThere(client, draft.clientSecret, world)) return notRegistered('secret_exists', client.id)
  const live = client.secrets.filter((one) => secretState(one, nowWallMs) === 'active')
  if (live.length >= liveSecretsMax) return notRegistered('secrets_too_many', client.id)
  const { secret: clientSecret, record } = issueSecret(
    client,
    draft.clientSecret,
    checked.value,
    world,
  )
  return registered({
    changes: [
      { type: 'secret_added', clientId: client.id, secret: record },
      ...surplusTombstones(client, nowWallMs, 0),
    ],
    value: { secret: secretSummary(record, nowWallMs), clientSecret },
  })
}

/** Whether a secret that is brought is one that the client has or had: a retired one must not come back to life. */
function isThere(
  client: ClientRecord,
  brought: ClientSecret | undefined,
  { digester }: RegistryWorld,
): boolean {
  return brought !== undefined && digester.matching(brought, client.secrets) !== undefined
}

/** Retires a secret. */
function retirement(
  client: ClientRecord,
  secretId: string,
  retiredAtWallMs: number,
): readonly StoredChange[] {
  const retired = {
    type: 'secret_retired',
    clientId: client.id,
    secretId,
    retiredAtWallMs,
  } as const
  return [retired, ...surplusTombstones(client, retiredAtWallMs, 1)]
}

/** Forgets the oldest of those that are not accepted any more, beyond their bound less the `room` that is needed. */
function surplusTombstones(
  { id: clientId, secrets }: ClientRecord,
  nowWallMs: number,
  room: number,
): readonly StoredChange[] {
  const endOf = (one: SecretRecord) => one.retiredAtWallMs ?? one.expiresAtWallMs ?? 0
  return secrets
    .filter((one) => secretState(one, nowWallMs) !== 'active')
    .sort((one, other) => endOf(other) - endOf(one))
    .slice(retiredSecretsMax - room)
    .map(({ id }) => ({ type: 'secret_deleted', clientId, secretId: id }))
}
