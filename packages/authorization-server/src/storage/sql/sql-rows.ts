/** Rows as a SQL database gives them, and the records they stand for: the one place where a column means something. */
import { algorithmEntry } from '@mintmark/jwt'
import { scopeOf } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import type { AuditOrigin, AuditRecord } from '../../audit/audit-record.ts'
import { parseClientSettings } from '../../registry/client-settings.ts'
import { parseResourceSettings, type Resource, type TokenFormat } from '../../registry/resource.ts'
import type { RecordSharing } from '../record-sharing.ts'
import type {
  ClientRecord,
  RevocationEpoch,
  RevocationRecord,
  SecretRecord,
  SigningKeyRecord,
} from '../records.ts'
import type { StoredChange } from '../stored-change.ts'

/** A row of `resources`. */
export interface ResourceRow {
  readonly id: string
  readonly lifetime_seconds: number | null
  readonly token_format: string
  readonly algorithm: string
  readonly settings: string
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
  readonly settings: string
  readonly created_at_ms: number
}

/** A row of `secrets`. */
export interface SecretRow {
  readonly id: string
  readonly client_id: string
  readonly label: string | null
  readonly digest: Uint8Array
  readonly imported_hash: string | null
  readonly sealed: Uint8Array | null
  readonly created_at_ms: number
  readonly expires_at_ms: number | null
  readonly retired_at_ms: number | null
}

/** A row of `grants`. */
export interface GrantRow {
  readonly client_id: string
  readonly resource_id: string
  readonly scopes: string
  readonly default_scopes: string | null
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
  readonly signer: string | null
  readonly created_at_ms: number
  readonly activates_at_ms: number
  readonly retires_at_ms: number | null
  readonly compromised_at_ms: number | null
}

/** A row of `revocations`. */
export interface RevocationRow {
  readonly jti: string
  readonly client_id: string
  readonly expires_at_seconds: number
}

/** A row of `revocation_epochs`. */
export interface EpochRow {
  readonly client_id: string
  readonly not_before_seconds: number
  readonly expires_at_seconds: number
}

/** A row of `audit`. */
export interface AuditRow {
  readonly sequence: number
  readonly at_ms: number
  readonly actor: string
  readonly via: string
  readonly action: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly detail: string
  readonly previous_hash: Uint8Array
  readonly hash: Uint8Array
}

/** A resource from its row and the rows of its scopes; `undefined` when this version does not understand it. */
export function resourceOf(row: ResourceRow, scopes: readonly ScopeRow[]): Resource | undefined {
  const settings = parseResourceSettings(row.settings)
  if (settings === undefined) return undefined
  return {
    id: row.id,
    scopes: scopeOf(scopes.map((scope) => scope.token)),
    lifetimeSeconds: row.lifetime_seconds ?? undefined,
    tokenFormat: row.token_format as TokenFormat,
    algorithm: algorithmOf(row.algorithm),
    settings,
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
export function clientOf(
  row: ClientRow,
  related: ClientRows,
  sharing: RecordSharing,
): ClientRecord {
  const secrets = related.secrets.get(row.id) ?? none
  const grants = related.grants.get(row.id) ?? none
  const served = related.served.get(row.id) ?? none
  return {
    id: row.id,
    disabled: row.disabled !== 0,
    authenticationMethods: sharing.methods(row.authentication_methods),
    grants: sharing.grants(
      grants.map((grant) => [grant.resource_id, grant.scopes, grant.default_scopes]),
    ),
    secrets: secrets.map(secretOf),
    servesResources: sharing.names(served.map((one) => one.resource_id)),
    settings: parseClientSettings(row.settings),
    createdAtWallMs: row.created_at_ms,
  }
}

const none: readonly never[] = []

function secretOf(row: SecretRow): SecretRecord {
  return {
    id: row.id,
    label: row.label ?? undefined,
    verifier:
      row.imported_hash === null
        ? { kind: 'keyed', digest: new Uint8Array(row.digest) }
        : { kind: 'imported', hash: row.imported_hash },
    sealed: row.sealed ?? undefined,
    createdAtWallMs: row.created_at_ms,
    expiresAtWallMs: row.expires_at_ms ?? undefined,
    retiredAtWallMs: row.retired_at_ms ?? undefined,
  }
}

/** A signing key from its row. */
export function signingKeyOf(row: SigningKeyRow): SigningKeyRecord {
  return {
    kid: row.kid,
    algorithm: algorithmOf(row.algorithm),
    sealed: row.sealed,
    signer: row.signer ?? undefined,
    createdAtWallMs: row.created_at_ms,
    activatesAtWallMs: row.activates_at_ms,
    retiresAtWallMs: row.retires_at_ms ?? undefined,
    compromisedAtWallMs: row.compromised_at_ms ?? undefined,
  }
}

/** A revocation from its row. */
export function revocationOf(row: RevocationRow): RevocationRecord {
  return { jti: row.jti, clientId: row.client_id, expiresAtSeconds: row.expires_at_seconds }
}

/** An epoch from its row. */
export function epochOf(row: EpochRow): RevocationEpoch {
  return {
    clientId: row.client_id,
    notBeforeSeconds: row.not_before_seconds,
    expiresAtSeconds: row.expires_at_seconds,
  }
}

/** An audit record from its row. */
export function auditRecordFrom(row: AuditRow): AuditRecord {
  return {
    sequence: row.sequence,
    atWallMs: row.at_ms,
    actor: row.actor,
    via: row.via as AuditOrigin['via'],
    action: row.action as StoredChange['type'],
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    detail: row.detail,
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}

function algorithmOf(text: string): SigningKeyRecord['algorithm'] {
  const entry = algorithmEntry(text)
  invariant(entry !== undefined, 'the database holds only algorithms of the table')
  return entry.name
}
