/** What the parts of the storage contract have in common: records, and how a storage is opened. */
import { test } from 'node:test'
import { scopeOf } from '@mintmark/protocol'
import { plainClientSettings } from '../../src/registry/client-settings.ts'
import { plainResourceSettings, type Resource } from '../../src/registry/resource.ts'
import type { ClientRecord, SigningKeyRecord } from '../../src/storage/records.ts'
import type { Storage, StorageSession } from '../../src/storage/storage.ts'
import type { StoredChange } from '../../src/storage/stored-change.ts'
import { someClient, someResource, someSecret } from '../registered.ts'

/** A place that can be opened more than once, as by several processes, and cleaned up. */
export interface StoragePlace {
  readonly storage: Storage
  remove(): Promise<void>
}

export const resource: Resource = someResource('https://api.example', 'read write', {
  lifetimeSeconds: 600,
  settings: { ...plainResourceSettings, label: 'the API', authorizationDetailsTypes: ['payment'] },
})

export const client: ClientRecord = someClient('partner-a', {
  authenticationMethods: ['client_secret_basic', 'private_key_jwt'],
  grants: [
    { resource: resource.id, scopes: scopeOf(['read', 'write']), defaultScopes: scopeOf(['read']) },
  ],
  secrets: [
    someSecret('s1', new Uint8Array(32).fill(7), { createdAtWallMs: 1, label: 'first' }),
    someSecret('s2', new Uint8Array(32).fill(8), {
      ...{ createdAtWallMs: 2, expiresAtWallMs: 3, retiredAtWallMs: 4 },
      sealed: Uint8Array.of(1, 2),
    }),
    someSecret('s3', new Uint8Array(0), {
      createdAtWallMs: 3,
      verifier: { kind: 'imported', hash: '$2b$10$abc' },
    }),
  ],
  servesResources: [resource.id],
  settings: { ...plainClientSettings, addresses: ['10.0.0.0/8'], senderConstraint: 'dpop' },
  createdAtWallMs: 4,
})

export const origin = { actor: 'operator:test', via: 'library', atWallMs: 50_000 } as const

/** Makes one change, or several as one. */
export function make(session: StorageSession, ...changes: readonly StoredChange[]) {
  return session.apply(changes, origin)
}

export const resourceCreated: StoredChange = { type: 'resource_created', resource }
export const clientCreated: StoredChange = { type: 'client_created', client }

export const signingKey: SigningKeyRecord = {
  kid: 'kid-1',
  algorithm: 'ES256',
  sealed: Uint8Array.of(1, 2, 3),
  signer: undefined,
  createdAtWallMs: 5,
  activatesAtWallMs: 5,
  retiresAtWallMs: undefined,
  compromisedAtWallMs: undefined,
}

export async function opened(storage: Storage): Promise<StorageSession & AsyncDisposable> {
  const session = await storage.open()
  return Object.assign(session, { [Symbol.asyncDispose]: () => session.close() })
}

/** Octets read from a database are of another kind, and what is undefined may be absent: compare what there is. */
export function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, one) => (one instanceof Uint8Array ? [...one] : one)),
  )
}

/** Declares the behaviours of the storage called `name`, each in a place of its own. */
export function behaviourOf(name: string, makePlace: () => Promise<StoragePlace>) {
  return (title: string, check: (place: StoragePlace) => Promise<void>): void => {
    test(`${name} ${title}`, async () => {
      const place = await makePlace()
      try {
        await check(place)
      } finally {
        await place.remove()
      }
    })
  }
}
