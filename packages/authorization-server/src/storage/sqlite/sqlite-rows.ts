/** Rows as SQLite gives them, and the records they stand for: the one place where a column means something. */
import { algorithmEntry } from '@mintmark/jwt'
import { parseScope, type ScopeSet, scopeOf } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import type { AuthenticationMethod } from '../../registry/client.ts'
import type { Resource } from '../../registry/resource.ts'
import type { ClientRecord, RevocationRecord, SigningKeyRecord } from '../storage.ts'

/** A row of `resources`. */
export interface ResourceRow {
  readonly id: string
  readonly lifetime_seconds: number | null
  readonly token_format: string
  readonly algorithm: string
  readonly created_at_ms: number
}

/** A row of `scopes`. */
export interface ScopeRow {
  readonly resource_id: string
  readonly token: string
}

/** A row of `clients`. */
export interface ClientRow {
  readonly id: string
  readonly disabled: number
  readonly authentication_methods: string
  readonly created_at_ms: number
}

/** A row of `secrets`. */
export interface SecretRow {
  readonly id: string
  readonly client_id: string
  readonly digest: Uint8Array
  readonly created_at_ms: number
  readonly expires_at_ms: number | null
}

/** A row of `grants`. */
export interface GrantRow {
  readonly client_id: string
  readonly resource_id: string
  readonly scopes: string
}

/** A row of `served_resources`. */
export interface ServedResourceRow {
  readonly client_id: string
  readonly resource_id: string
}

/** A row of `signing_keys`. */
export interface SigningKeyRow {
  readonly kid: string
  readonly algorithm: string
  readonly sealed: Uint8Array
  readonly created_at_ms: number
}

/** A row of `revocations`. */
export interface RevocationRow {
  readonly jti: string
  readonly client_id: string
  readonly expires_at_seconds: number
}

/** A resource from its row and the rows of its scopes. */
export function resourceOf(row: ResourceRow, scopes: readonly ScopeRow[]): Resource {
  return {
    id: row.id,
    scopes: scopeOf(scopes.map((scope) => scope.token)),
    lifetimeSeconds: row.lifetime_seconds ?? undefined,
    tokenFormat: 'jwt',
    algorithm: algorithmOf(row.algorithm),
    createdAt: new Date(row.created_at_ms).toISOString(),
  }
}

/** The rows that belong to clients, by client identifier. */
export interface ClientRows {
  readonly secrets: ReadonlyMap<string, readonly SecretRow[]>
  readonly grants: ReadonlyMap<string, readonly GrantRow[]>
  readonly served: ReadonlyMap<string, readonly ServedResourceRow[]>
}

/** A client from its row and all rows that belong to clients. */
export function clientOf(row: ClientRow, related: ClientRows): ClientRecord {
  const secrets = related.secrets.get(row.id) ?? []
  const grants = related.grants.get(row.id) ?? []
  const served = related.served.get(row.id) ?? []
  return {
    id: row.id,
    disabled: row.disabled !== 0,
    authenticationMethods: row.authentication_methods.split(' ') as AuthenticationMethod[],
    grants: grants.map((grant) => ({
      resource: grant.resource_id,
      scopes: storedScope(grant.scopes),
    })),
    secrets: secrets.map((secret) => ({
      id: secret.id,
      digest: secret.digest,
      createdAtWallMs: secret.created_at_ms,
      expiresAtWallMs: secret.expires_at_ms ?? undefined,
    })),
    servesResources: served.map((one) => one.resource_id),
    createdAtWallMs: row.created_at_ms,
  }
}

/** A signing key from its row. */
export function signingKeyOf(row: SigningKeyRow): SigningKeyRecord {
  return {
    kid: row.kid,
    algorithm: algorithmOf(row.algorithm),
    sealed: row.sealed,
    createdAtWallMs: row.created_at_ms,
  }
}

/** A revocation from its row. */
export function revocationOf(row: RevocationRow): RevocationRecord {
  return { jti: row.jti, clientId: row.client_id, expiresAtSeconds: row.expires_at_seconds }
}

function algorithmOf(text: string): SigningKeyRecord['algorithm'] {
  const entry = algorithmEntry(text)
  invariant(entry !== undefined, 'the database holds only algorithms of the table')
  return entry.name
}

function storedScope(text: string): ScopeSet {
  const scopes = parseScope(text)
  invariant(scopes.ok, 'the database holds only well-formed scope sets')
  return scopes.value
}
