/**
 * Reading: everything, or what the audit trail says has changed. Columns are named, so that those of a newer schema do
 * no harm.
 */
import type { Resource } from '../../registry/resource.ts'
import { createRecordSharing, type RecordSharing } from '../record-sharing.ts'
import type { ClientRecord } from '../records.ts'
import type { ClientChoice, RegistryPart, StateDifference, StoredState } from '../storage.ts'

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

/** More changes than this are read faster as a whole. */
const DIFFERENCE_MAX = 5_000

/** Everything, as of one instant. */
export function* loadState(): SqlWork<StoredState> {
  return {
    sequence: yield* latestSequence(),
    resources: yield* loadResources(),
    clients: yield* loadAllClients(),
    signingKeys: yield* loadSigningKeys(),
    revocations: yield* loadRevocations(everything),
    epochs: yield* loadEpochs(),
  }
}

/** Resources, signing keys and the chosen clients, as of one instant. */
export function* loadRegistryPart(clients: ClientChoice): SqlWork<RegistryPart> {
  return {
    sequence: yield* latestSequence(),
    resources: yield* loadResources(),
    signingKeys: yield* loadSigningKeys(),
    clients: yield* loadChosenClients(clients),
  }
}

interface SubjectRow {
  readonly action: string
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
  // In the order of the primary key: a plan that looks for distinct subjects first would read the whole trail.
  const records = yield* rows<SubjectRow>(
    'select action, subject_kind, subject_id from audit where sequence > ? order by sequence limit ?',
    ...[sequence, DIFFERENCE_MAX + 1],
  )
  if (records.length > DIFFERENCE_MAX) return undefined
  // Deleting a resource takes it from clients that are not named by any record.
  if (records.some(({ action }) => action === 'resource_deleted')) return undefined
  const isChanged = (kind: string) => records.some((record) => record.subject_kind === kind)
  const idsOf = (kind: string) => {
    const some = records.filter((record) => record.subject_kind === kind)
    return [...new Set(some.map((record) => record.subject_id))]
  }
  const clients = yield* loadEach(idsOf('client'), loadClients)
  const there = new Set(clients.map((client) => client.id))
  return {
    sequence: latest,
    resources: isChanged('resource') ? yield* loadResources() : undefined,
    signingKeys: isChanged('signing_key') ? yield* loadSigningKeys() : undefined,
    epochs: isChanged('epoch') ? yield* loadEpochs() : undefined,
    clients,
    deletedClients: idsOf('client').filter((id) => !there.has(id)),
    revocations: yield* loadEach(idsOf('token'), loadRevocations),
  }
}

/** Which rows: a condition on an identifier column, and its values. */
interface Chosen {
  where(column: string): string
  readonly values: readonly SqlValue[]
}

const everything: Chosen = { where: () => '', values: [] }

/** Identifiers that one statement names. */
const IDS_PER_STATEMENT = 512

/** Loads what is under `ids`, some at a time. */
function* loadEach<Item>(
  ids: readonly string[],
  load: (chosen: Chosen) => SqlWork<readonly Item[]>,
): SqlWork<readonly Item[]> {
  const found: Item[] = []
  for (let at = 0; at < ids.length; at += IDS_PER_STATEMENT) {
    const items = yield* load(underIds(ids.slice(at, at + IDS_PER_STATEMENT)))
    for (const item of items) found.push(item)
  }
  return found
}

/** The last one is named again until their number is a power of two: that many texts a database has to prepare. */
function underIds(ids: readonly string[]): Chosen {
  const count = 2 ** Math.ceil(Math.log2(ids.length))
  const padded = [...ids, ...Array(count - ids.length).fill(ids.at(-1))]
  const places = padded.map(() => '?').join(', ')
  return { where: (column) => `where ${column} in (${places})`, values: padded }
}

/** Clients that are read at a time when all are: rows are several times as large as what is kept of them. */
const CLIENTS_PER_PAGE = 250

function* loadAllClients(): SqlWork<readonly ClientRecord[]> {
  const clients: ClientRecord[] = []
  const sharing = createRecordSharing()
  for (let last = ''; ; ) {
    const found = yield* rows<ClientRow>(
      `select ${clientColumns} from clients where id > ? order by id limit ?`,
      ...[last, CLIENTS_PER_PAGE],
    )
    const values = [last, found.at(-1)?.id ?? last]
    const between = (column: string) => `where ${column} > ? and ${column} <= ?`
    const page = yield* completeClients(found, { where: between, values }, sharing)
    for (const client of page) clients.push(client)
    if (found.length < CLIENTS_PER_PAGE) return clients
    last = found.at(-1)?.id ?? last
  }
}

function* loadChosenClients(choice: ClientChoice): SqlWork<readonly ClientRecord[]> {
  if (choice.kind === 'none') return []
  if (choice.kind === 'all') return yield* loadAllClients()
  return yield* loadClients(chosenClients(choice))
}

function chosenClients(choice: Exclude<ClientChoice, { readonly kind: 'none' | 'all' }>): Chosen {
  switch (choice.kind) {
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

const clientColumns = 'id, disabled, authentication_methods, settings, created_at_ms'

function* loadClients(chosen: Chosen): SqlWork<readonly ClientRecord[]> {
  const clients = yield* rows<ClientRow>(
    `select ${clientColumns} from clients ${chosen.where('id')} order by id`,
    ...chosen.values,
  )
  return yield* completeClients(clients, chosen, createRecordSharing())
}

/** With what belongs to them, which is chosen by their ids as they were. */
function* completeClients(
  clients: readonly ClientRow[],
  { where, values }: Chosen,
  sharing: RecordSharing,
): SqlWork<readonly ClientRecord[]> {
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
  const clientId = (row: { readonly client_id: string }) => row.client_id
  const related = {
    secrets: groupBy(secrets, clientId),
    grants: groupBy(grants, clientId),
    served: groupBy(served, clientId),
  }
  return clients.map((row) => clientOf(row, related, sharing))
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
