/** The storage session on SQLite: one transaction per change, one consistent read of everything. */
import type { Resource } from '../../registry/resource.ts'
import type { ClientRecord, InsertResult, StorageSession, StoredState } from '../storage.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import {
  type ClientRow,
  clientOf,
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
} from './sqlite-rows.ts'

/** Makes the session over an open, migrated database; closing it closes the database. */
export function createSqliteSession(
  database: SqliteDatabase,
  masterKey: Uint8Array,
): StorageSession {
  return {
    masterKey,
    foreignChangeCounter: () => database.dataVersion(),
    load: async () => database.snapshot(() => load(database)),
    insertResource: async (resource) =>
      insertOnce(database, () => insertResource(database, resource)),
    insertClient: async (client) => insertOnce(database, () => insertClient(database, client)),
    async setClientDisabled(id, disabled) {
      database.run('update clients set disabled = ? where id = ?', disabled ? 1 : 0, id)
    },
    async deleteClient(id) {
      database.run('delete from clients where id = ?', id)
    },
    async insertSigningKey({ kid, algorithm, sealed, createdAtWallMs }) {
      database.run(
        'insert into signing_keys (kid, algorithm, sealed, created_at_ms) values (?, ?, ?, ?)',
        ...[kid, algorithm, sealed, createdAtWallMs],
      )
    },
    async insertRevocation({ jti, clientId, expiresAtSeconds }, nowSeconds) {
      database.transaction(() => {
        database.run(
          `insert into revocations (jti, client_id, expires_at_seconds) values (?, ?, ?)
           on conflict do nothing`,
          ...[jti, clientId, expiresAtSeconds],
        )
        database.run('delete from revocations where expires_at_seconds < ?', nowSeconds)
      })
    },
    close: async () => database.close(),
  }
}

/** Runs an insertion as one transaction; an identifier that is there already is an answer, not an error. */
function insertOnce(database: SqliteDatabase, insertion: () => void): InsertResult {
  try {
    database.transaction(insertion)
    return 'inserted'
  } catch (error) {
    if (isPrimaryKeyConflict(error)) return 'exists'
    throw error
  }
}

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE. */
function isPrimaryKeyConflict(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  return error.errcode === 1555 || error.errcode === 2067
}

function insertResource(database: SqliteDatabase, resource: Resource): void {
  const { id, lifetimeSeconds, tokenFormat, algorithm, createdAt } = resource
  database.run(
    `insert into resources (id, lifetime_seconds, token_format, algorithm, created_at_ms)
     values (?, ?, ?, ?, ?)`,
    ...[id, lifetimeSeconds ?? null, tokenFormat, algorithm, Date.parse(createdAt)],
  )
  for (const token of resource.scopes.tokens) {
    database.run('insert into scopes (resource_id, token) values (?, ?)', id, token)
  }
}

function insertClient(database: SqliteDatabase, client: ClientRecord): void {
  const { id, disabled, authenticationMethods, createdAtWallMs } = client
  database.run(
    'insert into clients (id, disabled, authentication_methods, created_at_ms) values (?, ?, ?, ?)',
    ...[id, disabled ? 1 : 0, authenticationMethods.join(' '), createdAtWallMs],
  )
  for (const secret of client.secrets) {
    database.run(
      `insert into secrets (id, client_id, digest, created_at_ms, expires_at_ms)
       values (?, ?, ?, ?, ?)`,
      ...[secret.id, id, secret.digest, secret.createdAtWallMs, secret.expiresAtWallMs ?? null],
    )
  }
  for (const { resource, scopes } of client.grants) {
    database.run(
      'insert into grants (client_id, resource_id, scopes) values (?, ?, ?)',
      ...[id, resource, scopes.text],
    )
  }
  for (const resource of client.servesResources) {
    database.run(
      'insert into served_resources (client_id, resource_id) values (?, ?)',
      ...[id, resource],
    )
  }
}

/** Everything, as of one instant. Columns are named, so that those of a newer schema do no harm. */
function load(database: SqliteDatabase): StoredState {
  const scopes = groupBy(
    database.rows<ScopeRow>('select resource_id, token from scopes'),
    (row) => row.resource_id,
  )
  const related = {
    secrets: groupBy(
      database.rows<SecretRow>(
        'select id, client_id, digest, created_at_ms, expires_at_ms from secrets order by created_at_ms',
      ),
      (row) => row.client_id,
    ),
    grants: groupBy(
      database.rows<GrantRow>(
        'select client_id, resource_id, scopes from grants order by resource_id',
      ),
      (row) => row.client_id,
    ),
    served: groupBy(
      database.rows<ServedResourceRow>(
        'select client_id, resource_id from served_resources order by resource_id',
      ),
      (row) => row.client_id,
    ),
  }
  const resources = database.rows<ResourceRow>(
    'select id, lifetime_seconds, token_format, algorithm, created_at_ms from resources order by id',
  )
  const clients = database.rows<ClientRow>(
    'select id, disabled, authentication_methods, created_at_ms from clients order by id',
  )
  const keys = database.rows<SigningKeyRow>(
    'select kid, algorithm, sealed, created_at_ms from signing_keys order by created_at_ms',
  )
  const revocations = database.rows<RevocationRow>(
    'select jti, client_id, expires_at_seconds from revocations',
  )
  return {
    resources: resources.map((row) => resourceOf(row, scopes.get(row.id) ?? [])),
    clients: clients.map((row) => clientOf(row, related)),
    signingKeys: keys.map(signingKeyOf),
    revocations: revocations.map(revocationOf),
  }
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
