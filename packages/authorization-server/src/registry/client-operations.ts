/** What an operator may do with clients. */
import type { ClientSecret } from '@mintmark/protocol'
import { clientPageSizeMax, tokenLifetimeSecondsMax } from '../limits.ts'
import type { ClientRecord } from '../storage/records.ts'
import type { StoredChange } from '../storage/stored-change.ts'
import type { Client } from './client.ts'
import {
  type CheckedClient,
  type ClientDraft,
  type ClientPatch,
  checkClientDraft,
  checkClientPatch,
} from './client-draft.ts'
import { clientView } from './client-view.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import { aboutClient, decideAndApply, type RegistryWorld } from './registry-world.ts'
import {
  checkMacSecret,
  checkSecret,
  type IssuedSecret,
  issueSecret,
  usesSecrets,
} from './secret-draft.ts'
import { type VersionCondition, versionRefusal } from './version.ts'

/** A client that was just registered. */
export interface CreatedClient {
  readonly client: Client
  /** Shown once: only its digest is stored. `undefined` for a client that proves itself without one. */
  readonly clientSecret: ClientSecret | undefined
  /** The public name of that secret. */
  readonly secretId: string | undefined
}

/** Which clients are listed. */
export interface ClientQuery {
  /** Only those whose ids come after this one: the last of the page before. */
  readonly after?: string | undefined
  /** How many at most, 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined
  /** Only those with this text in their id or label, whatever the case of its ASCII letters. */
  readonly search?: string | undefined
}

/** Clients: who may ask for tokens, and for which. */
export interface ClientOperations {
  /** Registers a client with a ceiling of scopes, and makes its secret unless the draft brings one. */
  createClient(draft: ClientDraft): Promise<Registered<CreatedClient>>
  /**
   * Changes the members that `patch` names; in force for the next token, not for those that are out.
   * `version_outdated` when `options` name another version than it has.
   */
  updateClient(
    id: string,
    patch: ClientPatch,
    options?: VersionCondition,
  ): Promise<Registered<Client>>
  /** In order of their ids, at most `limit`; a full page may have others after it. */
  clients(query?: ClientQuery): Promise<readonly Client[]>
  client(id: string): Promise<Client | undefined>
  /** A disabled client gets no token, and the tokens it has introspect as inactive. */
  setClientDisabled(id: string, disabled: boolean): Promise<Registered<Client>>
  /** Removes a client for good, and revokes the tokens it has. Its id may be registered again. */
  deleteClient(id: string, options?: VersionCondition): Promise<Registered<Client>>
}

/** The operations over an open session. */
export function createClientOperations(world: RegistryWorld): ClientOperations {
  const { session, clock } = world
  const view = (record: ClientRecord): Client => clientView(record, clock.wallMs())
  return {
    createClient: (draft) =>
      decideAndApply(world, aboutClient(draft.id), ({ resources, clients }) => {
        const checked = checkClientDraft(draft, resources)
        if (!checked.ok) return checked
        const secret = checkSecret(draft.clientSecret)
        if (!secret.ok) return secret
        const key = checkMacSecret(draft.clientSecret, checked.value.authenticationMethods)
        if (!key.ok) return key
        if (clients.length > 0) return notRegistered('client_exists', draft.id)
        const { record, issued } = clientRecord(draft, checked.value, world)
        return registered({
          changes: [{ type: 'client_created', client: record }],
          value: {
            client: view(record),
            clientSecret: issued?.secret,
            secretId: issued?.record.id,
          },
        })
      }),
    updateClient: (id, patch, options = {}) =>
      decideAndApply(world, aboutClient(id), ({ resources, clients: [record] }) => {
        if (record === undefined) return notRegistered('client_unknown', id)
        const { settings } = record
        if (settings === undefined) return notRegistered('client_not_understood', id)
        const outdated = versionRefusal(view(record), options)
        if (outdated !== undefined) return outdated
        const checked = checkClientPatch({ ...record, settings }, patch, resources)
        if (!checked.ok) return checked
        return registered({
          changes: [{ type: 'client_updated', client: checked.value }],
          value: view({ ...record, ...checked.value }),
        })
      }),
    clients: async (query) => (await listClients(world, query)).map(view),
    async client(id) {
      const { clients } = await session.readRegistry({ kind: 'ids', ids: [id] })
      return clients[0] && view(clients[0])
    },
    setClientDisabled: (id, disabled) =>
      decideAndApply(world, aboutClient(id), ({ clients: [record] }) => {
        if (record === undefined) return notRegistered('client_unknown', id)
        const value = view({ ...record, disabled })
        return registered({ changes: disabled ? disabling(id, world) : enabling(id), value })
      }),
    deleteClient: (id, options = {}) =>
      decideAndApply(world, aboutClient(id), ({ clients: [record] }) => {
        if (record === undefined) return notRegistered('client_unknown', id)
        const value = view(record)
        const outdated = versionRefusal(value, options)
        if (outdated !== undefined) return outdated
        const changes = [{ type: 'client_deleted', id } as const, endOfTokens(id, world)]
        return registered({ changes, value })
      }),
  }
}

/** The database searches settings as a whole; here only the label counts, and a page is filled up again. */
async function listClients(
  { session }: RegistryWorld,
  { after, limit = clientPageSizeMax, search }: ClientQuery = {},
): Promise<readonly ClientRecord[]> {
  const size = Math.min(Math.max(Math.trunc(limit), 1), clientPageSizeMax)
  const found: ClientRecord[] = []
  let from = after
  for (;;) {
    const choice = { kind: 'page', after: from, limit: size, search } as const
    const { clients: page } = await session.readRegistry(choice)
    found.push(...page.filter((record) => search === undefined || isNamed(record, search)))
    from = page.at(-1)?.id
    if (page.length < size || found.length >= size) return found.slice(0, size)
  }
}

function isNamed({ id, settings }: ClientRecord, search: string): boolean {
  const wanted = search.toLowerCase()
  return [id, settings?.label ?? ''].some((text) => text.toLowerCase().includes(wanted))
}

function clientRecord(
  draft: ClientDraft,
  checked: CheckedClient,
  world: RegistryWorld,
): { readonly record: ClientRecord; readonly issued: IssuedSecret | undefined } {
  const client = { id: draft.id, authenticationMethods: checked.authenticationMethods }
  const plain = { label: undefined, expiresAtWallMs: undefined }
  const issued = usesSecrets(client)
    ? issueSecret(client, draft.clientSecret, plain, world)
    : undefined
  const record: ClientRecord = {
    ...{ id: draft.id, disabled: draft.disabled ?? false, ...checked },
    secrets: issued === undefined ? [] : [issued.record],
    createdAtWallMs: world.clock.wallMs(),
  }
  return { record, issued }
}

function enabling(id: string): readonly StoredChange[] {
  return [{ type: 'client_enabled', id }]
}

function disabling(id: string, world: RegistryWorld): readonly StoredChange[] {
  return [{ type: 'client_disabled', id }, endOfTokens(id, world)]
}

/** Revokes every token that a client has by now. */
export function endOfTokens(
  clientId: string,
  { clock }: Pick<RegistryWorld, 'clock'>,
): StoredChange {
  const nowSeconds = Math.floor(clock.wallMs() / 1000)
  const expiresAtSeconds = nowSeconds + tokenLifetimeSecondsMax
  const epoch = { clientId, notBeforeSeconds: nowSeconds, expiresAtSeconds }
  return { type: 'client_tokens_revoked', epoch }
}
