/** Writing: what each change does to the tables, and the audit record that goes with it. */
import {
  type AuditHead,
  type AuditOrigin,
  type AuditRecord,
  auditRecordOf,
  emptyChain,
} from '../../audit/audit-record.ts'
import { revocationRetentionSeconds } from '../../limits.ts'
import { type Resource, serialiseResourceSettings } from '../../registry/resource.ts'
import type { RevocationEpoch, RevocationRecord, SigningKeyRecord } from '../records.ts'
import type { ChangeOutcome, DecisionBasis } from '../storage.ts'
import { type StoredChange, subjectOf } from '../stored-change.ts'
import { changeSecret, insertClient, insertSecret, updateClient } from './sql-client-changes.ts'
import { exists, missing, type Violation } from './sql-violation.ts'
import { isStorable, rows, run, type SqlWork } from './sql-work.ts'

/** Makes all changes, each followed by its audit record; stops at the first that cannot be made. */
export function* applyChanges(
  changes: readonly StoredChange[],
  origin: AuditOrigin,
  basis: DecisionBasis | undefined,
): SqlWork<ChangeOutcome> {
  let head = yield* auditHead()
  if (basis !== undefined && basis.sequence !== head.sequence) {
    const changed = yield* subjectsChangedSince(basis.sequence)
    if (isOutdated(basis, changed)) return { ok: false, violation: 'outdated', at: 0 }
  }
  for (const [at, change] of changes.entries()) {
    // Nothing is there under a name that cannot be stored.
    if (!isStorable(subjectOf(change).id)) return { ok: false, violation: 'missing', at }
    const violation = yield* applyChange(change, Math.floor(origin.atWallMs / 1000))
    if (violation !== undefined) return { ok: false, violation, at }
    const record = auditRecordOf(change, origin, head)
    yield* insertAuditRecord(record)
    head = record
  }
  return { ok: true, sequence: head.sequence }
}

function* auditHead(): SqlWork<AuditHead> {
  const [head] = yield* rows<AuditHead>(
    'select sequence, hash from audit order by sequence desc limit 1',
  )
  return head ?? emptyChain
}

interface SubjectRow {
  readonly kind: string
  readonly id: string
}

function* subjectsChangedSince(sequence: number): SqlWork<readonly SubjectRow[]> {
  return yield* rows<SubjectRow>(
    'select subject_kind as kind, subject_id as id from audit where sequence > ? order by sequence',
    sequence,
  )
}

/** Whether one of the subjects is among those that changed. */
function isOutdated({ subjects }: DecisionBasis, changed: readonly SubjectRow[]): boolean {
  const basis = new Set(subjects.map(({ kind, id }) => (id === undefined ? kind : `${kind} ${id}`)))
  return changed.some(({ kind, id }) => basis.has(kind) || basis.has(`${kind} ${id}`))
}

function* insertAuditRecord(record: AuditRecord): SqlWork<void> {
  yield* run(
    `insert into audit (sequence, at_ms, actor, via, action, subject_kind, subject_id, detail, previous_hash, hash)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[record.sequence, record.atWallMs, record.actor, record.via, record.action],
    ...[record.subjectKind, record.subjectId, record.detail, record.previousHash, record.hash],
  )
}

function* applyChange(change: StoredChange, nowSeconds: number): SqlWork<Violation | undefined> {
  switch (change.type) {
    case 'resource_created':
      return yield* insertResource(change.resource)
    case 'resource_updated':
      return yield* updateResource(change.resource)
    case 'resource_deleted':
      return missing(yield* run('delete from resources where id = ?', change.id))
    case 'client_created':
      return yield* insertClient(change.client)
    case 'client_updated':
      return yield* updateClient(change.client)
    case 'client_disabled':
      return missing(yield* run('update clients set disabled = 1 where id = ?', change.id))
    case 'client_enabled':
      return missing(yield* run('update clients set disabled = 0 where id = ?', change.id))
    case 'client_deleted':
      return missing(yield* run('delete from clients where id = ?', change.id))
    case 'secret_added':
      return yield* insertSecret(change.clientId, change.secret)
    case 'secret_updated':
    case 'secret_retired':
    case 'secret_deleted':
    case 'secret_rehashed':
      return yield* changeSecret(change)
    case 'signing_key_created':
      return yield* insertSigningKey(change.key, change.besides)
    case 'signing_key_scheduled':
      return missing(yield* scheduleSigningKey(change))
    case 'signing_key_deleted':
      return missing(yield* run('delete from signing_keys where kid = ?', change.kid))
    case 'token_revoked':
      return yield* insertRevocation(change.revocation, nowSeconds)
    case 'client_tokens_revoked':
      return yield* raiseEpoch(change.epoch, nowSeconds)
    case 'setting_changed':
      return yield* changeSetting(change.name, change.value)
  }
}

function* insertResource(resource: Resource): SqlWork<Violation | undefined> {
  const { id, lifetimeSeconds, tokenFormat, algorithm, settings, createdAt } = resource
  const violation = exists(
    yield* run(
      `insert into resources (id, lifetime_seconds, token_format, algorithm, settings, created_at_ms)
       values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
      ...[id, lifetimeSeconds ?? null, tokenFormat, algorithm, serialiseResourceSettings(settings)],
      Date.parse(createdAt),
    ),
  )
  if (violation === undefined) yield* insertScopes(resource)
  return violation
}

function* updateResource(resource: Resource): SqlWork<Violation | undefined> {
  const { id, lifetimeSeconds, tokenFormat, algorithm, settings } = resource
  const changes = yield* run(
    `update resources set lifetime_seconds = ?, token_format = ?, algorithm = ?, settings = ? where id = ?`,
    ...[lifetimeSeconds ?? null, tokenFormat, algorithm, serialiseResourceSettings(settings), id],
  )
  if (changes === 0) return 'missing'
  yield* run('delete from scopes where resource_id = ?', id)
  yield* insertScopes(resource)
  return undefined
}

function* insertScopes({ id, scopes }: Resource): SqlWork<void> {
  for (const token of scopes.tokens) {
    yield* run('insert into scopes (resource_id, token) values (?, ?)', id, token)
  }
}

function* insertSigningKey(
  key: SigningKeyRecord,
  besides: readonly string[] | undefined,
): SqlWork<Violation | undefined> {
  if (besides !== undefined && !(yield* areKeysOf(key.algorithm, besides))) return 'exists'
  return exists(
    yield* run(
      `insert into signing_keys
         (kid, algorithm, sealed, signer, created_at_ms, activates_at_ms, retires_at_ms, compromised_at_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
      ...[key.kid, key.algorithm, key.sealed, key.signer ?? null, key.createdAtWallMs],
      ...[key.activatesAtWallMs, key.retiresAtWallMs ?? null, key.compromisedAtWallMs ?? null],
    ),
  )
}

/** Sorted here: databases have orders of their own. */
function* areKeysOf(algorithm: string, kids: readonly string[]): SqlWork<boolean> {
  const found = yield* rows<{ readonly kid: string }>(
    'select kid from signing_keys where algorithm = ?',
    algorithm,
  )
  return (
    found
      .map((row) => row.kid)
      .toSorted()
      .join(' ') === kids.join(' ')
  )
}

function* scheduleSigningKey({
  kid,
  schedule,
}: Extract<StoredChange, { readonly type: 'signing_key_scheduled' }>): SqlWork<number> {
  const { activatesAtWallMs, retiresAtWallMs, compromisedAtWallMs } = schedule
  return yield* run(
    'update signing_keys set activates_at_ms = ?, retires_at_ms = ?, compromised_at_ms = ? where kid = ?',
    ...[activatesAtWallMs, retiresAtWallMs ?? null, compromisedAtWallMs ?? null, kid],
  )
}

/** What is forgotten has not to be listed in any revocation feed any more. */
function forgottenBefore(nowSeconds: number): number {
  return nowSeconds - revocationRetentionSeconds
}

/** Revoking twice changes nothing. What has expired is forgotten on the way. */
function* insertRevocation(
  { jti, clientId, expiresAtSeconds }: RevocationRecord,
  nowSeconds: number,
): SqlWork<undefined> {
  yield* run(
    `insert into revocations (jti, client_id, expires_at_seconds) values (?, ?, ?) on conflict do nothing`,
    ...[jti, clientId, expiresAtSeconds],
  )
  yield* run('delete from revocations where expires_at_seconds < ?', forgottenBefore(nowSeconds))
}

/** An epoch only ever rises. */
function* raiseEpoch(
  { clientId, notBeforeSeconds, expiresAtSeconds }: RevocationEpoch,
  nowSeconds: number,
): SqlWork<undefined> {
  yield* run(
    `insert into revocation_epochs (client_id, not_before_seconds, expires_at_seconds) values (?, ?, ?)
     on conflict (client_id) do update
       set not_before_seconds = excluded.not_before_seconds, expires_at_seconds = excluded.expires_at_seconds
       where revocation_epochs.not_before_seconds <= excluded.not_before_seconds`,
    ...[clientId, notBeforeSeconds, expiresAtSeconds],
  )
  yield* run(
    'delete from revocation_epochs where expires_at_seconds < ?',
    forgottenBefore(nowSeconds),
  )
}

function* changeSetting(name: string, value: string): SqlWork<undefined> {
  yield* run(
    `insert into settings (name, value) values (?, ?)
     on conflict (name) do update set value = excluded.value`,
    ...[name, value],
  )
}
