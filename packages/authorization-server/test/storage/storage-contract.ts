/** What every storage does, whatever is under it. Each implementation's test file runs this whole list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scopeOf } from '@mintmark/protocol'
import type { Resource } from '../../src/registry/resource.ts'
import type { ClientRecord, Storage, StorageSession } from '../../src/storage/storage.ts'

/** A place that can be opened more than once, as by several processes, and cleaned up. */
export interface StoragePlace {
  readonly storage: Storage
  remove(): Promise<void>
}

const resource: Resource = {
  id: 'https://api.example',
  scopes: scopeOf(['read', 'write']),
  lifetimeSeconds: 600,
  tokenFormat: 'jwt',
  algorithm: 'ES256',
  createdAt: '2026-11-23T00:00:00.000Z',
}

const client: ClientRecord = {
  id: 'partner-a',
  disabled: false,
  authenticationMethods: ['client_secret_basic', 'client_secret_post'],
  grants: [{ resource: resource.id, scopes: scopeOf(['read']) }],
  secrets: [
    {
      id: 's1',
      digest: new Uint8Array(32).fill(7),
      createdAtWallMs: 1,
      expiresAtWallMs: undefined,
    },
    { id: 's2', digest: new Uint8Array(32).fill(8), createdAtWallMs: 2, expiresAtWallMs: 3 },
  ],
  servesResources: [resource.id],
  createdAtWallMs: 4,
}

export function testStorage(name: string, makePlace: () => Promise<StoragePlace>): void {
  const behaviour = (title: string, check: (place: StoragePlace) => Promise<void>): void => {
    test(`${name} ${title}`, async () => {
      const place = await makePlace()
      try {
        await check(place)
      } finally {
        await place.remove()
      }
    })
  }

  behaviour('is empty when new', async ({ storage }) => {
    await using session = await opened(storage)
    const state = await session.load()
    assert.deepEqual(state, { resources: [], clients: [], signingKeys: [], revocations: [] })
    assert.equal(session.masterKey.length, 32)
  })

  behaviour('gives back what was inserted, also after it was opened again', async ({ storage }) => {
    {
      await using session = await opened(storage)
      assert.equal(await session.insertResource(resource), 'inserted')
      assert.equal(await session.insertClient(client), 'inserted')
      await session.insertSigningKey(signingKey)
      await session.insertRevocation({ jti: 'j', clientId: 'partner-a', expiresAtSeconds: 9 }, 0)
    }
    await using session = await opened(storage)
    const state = await session.load()
    assert.deepEqual(state.resources, [resource])
    assert.deepEqual(state.clients.map(comparable), [comparable(client)])
    assert.deepEqual(
      state.signingKeys.map((key) => key.kid),
      ['kid-1'],
    )
    assert.deepEqual(
      Buffer.from(state.signingKeys[0]?.sealed ?? []),
      Buffer.from(signingKey.sealed),
    )
    assert.deepEqual(state.revocations, [{ jti: 'j', clientId: 'partner-a', expiresAtSeconds: 9 }])
  })

  behaviour('keeps its master key', async ({ storage }) => {
    await using first = await opened(storage)
    await using second = await opened(storage)
    assert.deepEqual(Buffer.from(first.masterKey), Buffer.from(second.masterKey))
  })

  behaviour('tells an identifier that is taken, and changes nothing then', async ({ storage }) => {
    await using session = await opened(storage)
    await session.insertResource(resource)
    await session.insertClient(client)
    assert.equal(await session.insertResource({ ...resource, lifetimeSeconds: 1 }), 'exists')
    assert.equal(await session.insertClient({ ...client, secrets: [] }), 'exists')
    const state = await session.load()
    assert.equal(state.resources[0]?.lifetimeSeconds, 600)
    assert.equal(state.clients[0]?.secrets.length, 2)
  })

  behaviour('inserts a client whole or not at all', async ({ storage }) => {
    await using session = await opened(storage)
    const unknown = [{ resource: 'https://nowhere.example', scopes: scopeOf(['read']) }]
    await assert.rejects(session.insertClient({ ...client, grants: unknown }))
    assert.deepEqual((await session.load()).clients, [])
  })

  behaviour('disables and enables a client', async ({ storage }) => {
    await using session = await opened(storage)
    await session.insertResource(resource)
    await session.insertClient(client)
    await session.setClientDisabled(client.id, true)
    assert.equal((await session.load()).clients[0]?.disabled, true)
    await session.setClientDisabled(client.id, false)
    assert.equal((await session.load()).clients[0]?.disabled, false)
  })

  behaviour(
    'forgets a deleted client with its secrets, so that its id can be used again',
    async ({ storage }) => {
      await using session = await opened(storage)
      await session.insertResource(resource)
      await session.insertClient(client)
      await session.deleteClient(client.id)
      assert.deepEqual((await session.load()).clients, [])
      assert.equal(await session.insertClient(client), 'inserted')
    },
  )

  behaviour(
    'accepts a revocation twice and forgets it after the token has expired',
    async ({ storage }) => {
      await using session = await opened(storage)
      const revocation = { jti: 'j', clientId: 'partner-a', expiresAtSeconds: 100 }
      await session.insertRevocation(revocation, 50)
      await session.insertRevocation(revocation, 50)
      assert.equal((await session.load()).revocations.length, 1)
      await session.insertRevocation({ ...revocation, jti: 'k', expiresAtSeconds: 200 }, 101)
      assert.deepEqual(
        (await session.load()).revocations.map(({ jti }) => jti),
        ['k'],
      )
    },
  )

  behaviour('shows a change that somebody else made', async ({ storage }) => {
    await using session = await opened(storage)
    await using elsewhere = await opened(storage)
    const before = session.foreignChangeCounter()
    await elsewhere.insertResource(resource)
    assert.notEqual(session.foreignChangeCounter(), before)
    assert.equal((await session.load()).resources.length, 1)
  })

  behaviour('lets two be opened for the first time at once', async ({ storage }) => {
    const sessions = await Promise.all([opened(storage), opened(storage), opened(storage)])
    const keys = new Set(sessions.map((session) => Buffer.from(session.masterKey).toString('hex')))
    assert.equal(keys.size, 1)
    for (const session of sessions) await session.close()
  })
}

const signingKey = {
  kid: 'kid-1',
  algorithm: 'ES256',
  sealed: Uint8Array.of(1, 2, 3),
  createdAtWallMs: 5,
} as const

async function opened(storage: Storage): Promise<StorageSession & AsyncDisposable> {
  const session = await storage.open()
  return Object.assign(session, { [Symbol.asyncDispose]: () => session.close() })
}

/** Octets read from a database are a `Uint8Array` of another kind; compare what they hold. */
function comparable(record: ClientRecord) {
  return { ...record, secrets: record.secrets.map((one) => ({ ...one, digest: [...one.digest] })) }
}
