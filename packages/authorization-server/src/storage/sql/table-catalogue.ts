/**
 * Every table whose rows are kept, with its columns, in an order in which each row comes after those that it refers to.
 * A test compares it with what the migrations make: whoever adds a column adds it here, too.
 *
 * Used assertions are left out: they are of minutes, and whatever is restored later has no use for them.
 */
/** What a column holds. */
export type ColumnKind = 'text' | 'number' | 'octets'

/** One table. */
export interface CataloguedTable {
  readonly name: string
  /** The columns of the primary key, in order. */
  readonly key: readonly string[]
  readonly columns: Readonly<Record<string, ColumnKind>>
}

/** All of them. */
export const tableCatalogue: readonly CataloguedTable[] = [
  {
    name: 'resources',
    key: ['id'],
    columns: {
      ...{ id: 'text', lifetime_seconds: 'number', token_format: 'text', algorithm: 'text' },
      ...{ created_at_ms: 'number', settings: 'text' },
    },
  },
  {
    name: 'scopes',
    key: ['resource_id', 'token'],
    columns: { resource_id: 'text', token: 'text' },
  },
  {
    name: 'clients',
    key: ['id'],
    columns: {
      ...{ id: 'text', disabled: 'number', authentication_methods: 'text' },
      ...{ created_at_ms: 'number', settings: 'text' },
    },
  },
  {
    name: 'secrets',
    key: ['id'],
    columns: {
      ...{ id: 'text', client_id: 'text', label: 'text', digest: 'octets', imported_hash: 'text' },
      ...{ sealed: 'octets', created_at_ms: 'number', expires_at_ms: 'number' },
      retired_at_ms: 'number',
    },
  },
  {
    name: 'grants',
    key: ['client_id', 'resource_id'],
    columns: { client_id: 'text', resource_id: 'text', scopes: 'text', default_scopes: 'text' },
  },
  {
    name: 'served_resources',
    key: ['client_id', 'resource_id'],
    columns: { client_id: 'text', resource_id: 'text' },
  },
  {
    name: 'signing_keys',
    key: ['kid'],
    columns: {
      ...{ kid: 'text', algorithm: 'text', sealed: 'octets', signer: 'text' },
      ...{ created_at_ms: 'number', activates_at_ms: 'number', retires_at_ms: 'number' },
      compromised_at_ms: 'number',
    },
  },
  {
    name: 'revocations',
    key: ['jti'],
    columns: { jti: 'text', client_id: 'text', expires_at_seconds: 'number' },
  },
  {
    name: 'revocation_epochs',
    key: ['client_id'],
    columns: { client_id: 'text', not_before_seconds: 'number', expires_at_seconds: 'number' },
  },
  {
    name: 'audit',
    key: ['sequence'],
    columns: {
      ...{ sequence: 'number', at_ms: 'number', actor: 'text', via: 'text', action: 'text' },
      ...{ subject_kind: 'text', subject_id: 'text', detail: 'text' },
      ...{ previous_hash: 'octets', hash: 'octets' },
    },
  },
  {
    name: 'secret_usage',
    key: ['secret_id'],
    columns: { secret_id: 'text', hour_ms: 'number', network: 'text' },
  },
  {
    name: 'nodes',
    key: ['id'],
    columns: {
      ...{ id: 'text', started_at_ms: 'number', reported_until_ms: 'number', stopped: 'number' },
    },
  },
  { name: 'settings', key: ['name'], columns: { name: 'text', value: 'text' } },
]
