/** Records for tests that need a registry without a database: whole, and different only in what the test is about. */
import { scopeOf } from '@mintmark/protocol'
import { plainClientSettings } from '../src/registry/client-settings.ts'
import { MemoryRegistry, type RegistrySnapshot } from '../src/registry/registry-snapshot.ts'
import { plainResourceSettings, type Resource } from '../src/registry/resource.ts'
import type { ClientRecord, SecretRecord } from '../src/storage/records.ts'

export function someResource(id: string, scope: string, more: Partial<Resource> = {}): Resource {
  return {
    id,
    scopes: scopeOf(scope.split(' ')),
    lifetimeSeconds: undefined,
    tokenFormat: 'jwt',
    algorithm: 'ES256',
    settings: plainResourceSettings,
    createdAt: '2026-11-23T00:00:00.000Z',
    ...more,
  }
}

export function someClient(id: string, more: Partial<ClientRecord> = {}): ClientRecord {
  return {
    id,
    disabled: false,
    authenticationMethods: ['client_secret_basic'],
    grants: [],
    secrets: [],
    servesResources: [],
    settings: plainClientSettings,
    createdAtWallMs: 0,
    ...more,
  }
}

/** A secret under a keyed digest. */
export function someSecret(
  id: string,
  digest: Uint8Array,
  more: Partial<SecretRecord> = {},
): SecretRecord {
  return {
    id,
    label: undefined,
    verifier: { kind: 'keyed', digest: new Uint8Array(digest) },
    sealed: undefined,
    createdAtWallMs: 0,
    expiresAtWallMs: undefined,
    retiredAtWallMs: undefined,
    ...more,
  }
}

export function registryOf(
  resources: readonly Resource[],
  clients: readonly ClientRecord[],
): RegistrySnapshot {
  const registry = new MemoryRegistry()
  registry.replace({ resources, clients })
  return registry
}
