/**
 * Reading: everything, or what the audit trail says has changed. Columns are named, so that those of a newer schema do
 * no harm.
 */
import type { Resource } from '../../registry/resource.ts'
import type { ClientRecord } from '../records.ts'

import type { ClientChoice, RegistryPart, StateDifference, StoredState } from '../storage.ts'
import { storedScopes } from '../stored-scopes.ts'

import {
  type ClientRow,
  clientOf,
  type EpochRow,
  epochOf,
  type GrantRow,
  type ResourceRow,
  type RevocationRow,
  resourceOf,
  revocationOf,
  type ScopeRow,
  type SecretRow,
  type ServedResourceRow,
  type SigningKeyRow,
  signingKeyOf,
} from './sql-rows.ts'
import { rows, type SqlValue, type SqlWork } from './sql-work.ts'

/** More changed subjects than this are read faster as a whole. */
const DIFFERENCE_MAX = 5_000

/** Everything, as of one instant. */
export function* loadState(): SqlWork<StoredState> {
  return {
    sequence: yield* latestSequence(),
    resources: yield* loadResources(),
    clients: yield* loadClients(everyone),
    signingKeys: yield* loadSigningKeys(),
    revocations: yield* loadRevocations(everyone),
    epochs: yield* loadEpochs(),
  }
}

/** Resources, signing keys and the chosen clients, as of one instant. */
export function* loadRegistryPart(clients: ClientChoice): SqlWork<RegistryPart> {
  return {
    sequence: yield* latestSequence(),
    resources: yield* loadResources(),
    signingKeys: yield* loadSigningKeys(),
    clients: clients.kind === 'none' ? [] : yield* loadClients(chosenClients(clients)),
  }
}

interface SubjectRow {
  readonly subject_kind: string
  readonly subject_id: string
}

/**
 * What changed after `sequence`; `undefined` when that is too much, and when the trail does not reach that far: the
 * database was set back.
 */
export function* loadDifference(sequence: number): SqlWork<StateDifference | undefined> {
  const latest = yield* latestSequence()
  if (latest < sequence) return undefined
  const subjects = yield* rows<SubjectRow>(
    'select distinct subject_kind, subject_id from audit where sequence > ? limit ?',
    ...[sequence, DIFFERENCE_MAX + 1],
  )
  if (subjects.length > DIFFERENCE_MAX) return undefined
  const isChanged = (kind: string) => subjects.some((subject) => subject.subject_kind === kind)
  // Deleting a resource takes it from clients that are not named by any record.
  const deleted = yield* rows<SubjectRow>(
    `select subject_kind, subject_id from audit where sequence > ? and action = 'resource_deleted' limit 1`,
    sequence,
  )
  if (deleted.length > 0) return undefined
  const clients = isChanged('client') ? yield* loadClients(changedAfter(sequence, 'client')) : []
  const there = new Set(clients.map((client) => client.id))
  return {
    sequence: latest,
    resources: isChanged('resource') ? yield* loadResources() : undefined,
    signingKeys: isChanged('signing_key') ? yield* loadSigningKeys() : undefined,
    epochs: isChanged('epoch') ? yield* loadEpochs() : undefined,
    clients,
    deletedClients: subjects
      .filter(({ subject_kind, subject_id }) => subject_kind === 'client' && !there.has(subject_id))
      .map((subject) => subject.subject_id),
    revocations: isChanged('token') ? yield* loadRevocations(changedAfter(sequence, 'token')) : [],
  }
}

/** Which rows: a condition on an identifier column, and its values. */
interface Chosen {
  where(column: string): string
  readonly values: readonly SqlValue[]
}

const everyone: Chosen = { where: () => '', values: [] }

function changedAfter(sequence: number, kind: string): Chosen {
  return {
    where: (column) =>
      `where ${column} in (select subject_id from audit where sequence > ? and subject_kind = ?)`,
    values: [sequence, kind],
  }
}

function chosenClients(choice: Exclude<ClientChoice, { readonly kind: 'none' }>): Chosen {
  switch (choice.kind) {
    case 'all':
      return everyone
    case 'ids': {
      const places = choice.ids.map(() => '?').join(', ')
      return { where: (column) => `where ${column} in (${places})`, values: choice.ids }
    }
    case 'page':
      return pageOfClients(choice)
    case 'naming':
      return {
        where: (column) =>
          `where ${column} in (select client_id from grants where resource_id = ?
             union select client_id from served_resources where resource_id = ?)`,
        values: [choice.resource, choice.resource],
      }
  }
}

function pageOfClients({
  after,
  limit,
  search,
}: Extract<ClientChoice, { readonly kind: 'page' }>): Chosen {
  const condition = search === undefined ? '' : ` and (${like('id')} or ${like('settings')})`
  return {
    where: (column) =>
      `where ${column} in (select id from clients where id > ?${condition} order by id limit ?)`,
    values: [
      after ?? '',
      ...(search === undefined ? [] : [pattern(search), pattern(asInJson(search))]),
      limit,
    ],
  }
}

function pattern(search: string): string {
  return `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}

function asInJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function like(column: string): string {
  return `lower(${column}) like ? escape '\\'`
}

function* latestSequence(): SqlWork<number> {
  const [row] = yield* rows<{ readonly latest: number | null }>(
    'select max(sequence) as latest from audit',
  )
  return row?.latest ?? 0
}

function* loadResources(): SqlWork<readonly Resource[]> {
  const scopes = groupBy(
    yield* rows<ScopeRow>('select resource_id, token from scopes'),
    (row) => row.resource_id,
  )
  const found = yield* rows<ResourceRow>(
    `select id, lifetime_seconds, token_format, algorithm, settings, created_at_ms
     from resources order by id`,
  )
  return found
    .map((row) => resourceOf(row, scopes.get(row.id) ?? []))
    .filter((resource) => resource !== undefined)
}

function* loadClients({ where, values }: Chosen): SqlWork<readonly ClientRecord[]> {
  const of = where('client_id')
  const secrets = yield* rows<SecretRow>(
    `select id, client_id, label, digest, imported_hash, sealed, created_at_ms, expires_at_ms, retired_at_ms
     from secrets ${of} order by created_at_ms, id`,
    ...values,
  )
  const grants = yield* rows<GrantRow>(
    `select client_id, resource_id, scopes, default_scopes from grants ${of} order by resource_id`,
    ...values,
  )
  const served = yield* rows<ServedResourceRow>(
    `select client_id, resource_id from served_resources ${of} order by resource_id`,
    ...values,
  )
  const clients = yield* rows<ClientRow>(
    `select id, disabled, authentication_methods, settings, created_at_ms
     from clients ${where('id')} order by id`,
    ...values,
  )
  const clientId = (row: { readonly client_id: string }) => row.client_id
  const related = {
    scopes: storedScopes(),
    secrets: groupBy(secrets, clientId),
    grants: groupBy(grants, clientId),
    served: groupBy(served, clientId),
  }
  return clients.map((row) => clientOf(row, related))
}

function* loadSigningKeys() {
  const keys = yield* rows<SigningKeyRow>(
    `select kid, algorithm, sealed, signer, created_at_ms, activates_at_ms, retires_at_ms, compromised_at_ms
     from signing_keys order by created_at_ms, kid`,
  )
  return keys.map(signingKeyOf)
}

function* loadRevocations({ where, values }: Chosen) {
  const found = yield* rows<RevocationRow>(
    `select jti, client_id, expires_at_seconds from revocations ${where('jti')}`,
    ...values,
  )
  return found.map(revocationOf)
}

function* loadEpochs() {
  const found = yield* rows<EpochRow>(
    'select client_id, not_before_seconds, expires_at_seconds from revocation_epochs',
  )
  return found.map(epochOf)
}

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
