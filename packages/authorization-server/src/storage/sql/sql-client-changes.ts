/** What changes of clients and of their secrets do to the tables. */
import { invariant } from '@mintmark/runtime'
import { serialiseClientSettings } from '../../registry/client-settings.ts'
import type { ClientRecord, SecretRecord } from '../records.ts'
import type { ClientWithoutSecrets, StoredChange } from '../stored-change.ts'
import { exists, missing, type Violation } from './sql-violation.ts'
import { rows, run, type SqlWork } from './sql-work.ts'

/** Stores a client with its secrets and grants. */
export function* insertClient(client: ClientRecord): SqlWork<Violation | undefined> {
  const { id, disabled, authenticationMethods, createdAtWallMs } = client
  const violation = exists(
    yield* run(
      `insert into clients (id, disabled, authentication_methods, settings, created_at_ms)
       values (?, ?, ?, ?, ?) on conflict do nothing`,
      ...[id, disabled ? 1 : 0, authenticationMethods.join(' '), settingsText(client)],
      createdAtWallMs,
    ),
  )
  if (violation !== undefined) return violation
  for (const secret of client.secrets) {
    const taken = yield* insertSecret(id, secret)
    if (taken !== undefined) return taken
  }
  yield* insertRelations(client)
  return undefined
}

/** Replaces all of a client but its id, creation and secrets. */
export function* updateClient(client: ClientWithoutSecrets): SqlWork<Violation | undefined> {
  const { id, disabled, authenticationMethods } = client
  const changes = yield* run(
    'update clients set disabled = ?, authentication_methods = ?, settings = ? where id = ?',
    ...[disabled ? 1 : 0, authenticationMethods.join(' '), settingsText(client), id],
  )
  if (changes === 0) return 'missing'
  yield* run('delete from grants where client_id = ?', id)
  yield* run('delete from served_resources where client_id = ?', id)
  yield* insertRelations(client)
  return undefined
}

function settingsText({ settings }: ClientWithoutSecrets): string {
  invariant(settings !== undefined, 'settings that are not understood are never written')
  return serialiseClientSettings(settings)
}

function* insertRelations({ id, grants, servesResources }: ClientWithoutSecrets): SqlWork<void> {
  for (const { resource, scopes, defaultScopes } of grants) {
    yield* run(
      'insert into grants (client_id, resource_id, scopes, default_scopes) values (?, ?, ?, ?)',
      ...[id, resource, scopes.text, defaultScopes?.text ?? null],
    )
  }
  for (const resource of servesResources) {
    yield* run(
      'insert into served_resources (client_id, resource_id) values (?, ?)',
      ...[id, resource],
    )
  }
}

const NO_DIGEST = new Uint8Array(0)

/** Stores one more secret of a client. */
export function* insertSecret(
  clientId: string,
  secret: SecretRecord,
): SqlWork<Violation | undefined> {
  const { verifier, createdAtWallMs, expiresAtWallMs, retiredAtWallMs } = secret
  const known = yield* rows('select 1 as one from clients where id = ?', clientId)
  if (known.length === 0) return 'missing'
  return exists(
    yield* run(
      `insert into secrets
         (id, client_id, label, digest, imported_hash, sealed, created_at_ms, expires_at_ms, retired_at_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
      ...[secret.id, clientId, secret.label ?? null],
      verifier.kind === 'keyed' ? verifier.digest : NO_DIGEST,
      verifier.kind === 'imported' ? verifier.hash : null,
      secret.sealed ?? null,
      ...[createdAtWallMs, expiresAtWallMs ?? null, retiredAtWallMs ?? null],
    ),
  )
}

type SecretChange = Extract<
  StoredChange,
  { readonly type: 'secret_updated' | 'secret_retired' | 'secret_deleted' | 'secret_rehashed' }
>

/** Changes or forgets one secret of a client. */
export function* changeSecret(change: SecretChange): SqlWork<Violation | undefined> {
  return missing(yield* secretRowsChanged(change))
}

function* secretRowsChanged(change: SecretChange): SqlWork<number> {
  const key = [change.secretId, change.clientId]
  switch (change.type) {
    case 'secret_updated':
      return yield* run(
        'update secrets set label = ?, expires_at_ms = ? where id = ? and client_id = ?',
        ...[change.label ?? null, change.expiresAtWallMs ?? null, ...key],
      )
    case 'secret_retired':
      return yield* run(
        'update secrets set retired_at_ms = ?, sealed = null where id = ? and client_id = ?',
        ...[change.retiredAtWallMs, ...key],
      )
    case 'secret_deleted':
      return yield* run('delete from secrets where id = ? and client_id = ?', ...key)
    case 'secret_rehashed': {
      const { verifier } = change
      return yield* run(
        'update secrets set digest = ?, imported_hash = ? where id = ? and client_id = ?',
        verifier.kind === 'keyed' ? verifier.digest : NO_DIGEST,
        verifier.kind === 'imported' ? verifier.hash : null,
        ...key,
      )
    }
  }
}
