/** What every storage does with its records. Each implementation's test file runs this whole list. */
import assert from 'node:assert/strict'
import { scopeOf } from '@mintmark/protocol'
import { revocationRetentionSeconds } from '../../src/limits.ts'
import { plainClientSettings } from '../../src/registry/client-settings.ts'
import type { ClientChoice, DecisionBasis } from '../../src/storage/storage.ts'
import type { StoredChange } from '../../src/storage/stored-change.ts'
import { someSecret } from '../registered.ts'
import { testStorageOfNodes } from './storage-contract-of-nodes.ts'
import {
  behaviourOf,
  client,
  clientCreated,
  make,
  opened,
  origin,
  plain,
  resource,
  resourceCreated,
  type StoragePlace,
  signingKey,
} from './storage-world.ts'

export function testStorage(name: string, makePlace: () => Promise<StoragePlace>): void {
  const it = behaviourOf(name, makePlace)
  testStorageOfNodes(it)

  it('is empty when new', async ({ storage }) => {
    await using session = await opened(storage)
    const state = await session.load()
    assert.deepEqual(state, {
      ...{ sequence: 0, resources: [], clients: [] },
      ...{ signingKeys: [], revocations: [], epochs: [] },
    })
    assert.equal(session.masterKey.length, 32)
  })

  it('gives back what was stored, also after it was opened again', async ({ storage }) => {
    const revocation = { jti: 'j', clientId: client.id, expiresAtSeconds: 90 }
    const epoch = { clientId: client.id, notBeforeSeconds: 50, expiresAtSeconds: 90 }
    {
      await using session = await opened(storage)
      const outcome = await make(
        session,
        ...[resourceCreated, clientCreated],
        { type: 'signing_key_created', key: signingKey },
        { type: 'token_revoked', revocation },
        { type: 'client_tokens_revoked', epoch },
        { type: 'setting_changed', name: 'a', value: 'b' },
      )
      assert.deepEqual(outcome, { ok: true, sequence: 6 })
    }
    await using session = await opened(storage)
    const state = await session.load()
    assert.equal(state.sequence, 6)
    assert.deepEqual(plain(state.resources), plain([resource]))
    assert.deepEqual(plain(state.clients), plain([client]))
    assert.deepEqual(plain(state.signingKeys), plain([signingKey]))
    assert.deepEqual(plain(state.revocations), [revocation])
    assert.deepEqual(plain(state.epochs), [epoch])
    assert.equal(await session.setting('a'), 'b')
    assert.equal(await session.setting('c'), undefined)
  })

  it('reads of the registry what is chosen', async ({ storage }) => {
    await using session = await opened(storage)
    const ids = ['a', 'b', 'c_1', 'c%2', 'd']
    const clients = ids.map((id) => ({ ...client, id, secrets: [], servesResources: [] }))
    const plainOne = { ...clients[4], id: 'd', grants: [] } as typeof client
    await make(session, resourceCreated, { type: 'signing_key_created', key: signingKey })
    for (const one of [...clients.slice(0, 4), plainOne]) {
      await make(session, { type: 'client_created', client: one })
    }
    const read = async (choice: ClientChoice) =>
      (await session.readRegistry(choice)).clients.map((one) => one.id).toSorted()
    const none = await session.readRegistry({ kind: 'none' })
    assert.deepEqual(plain(none), plain({ ...none, ...{ sequence: 7, resources: [resource] } }))
    assert.deepEqual(plain(none.signingKeys), plain([signingKey]))
    assert.deepEqual(none.clients, [])
    assert.deepEqual(await read({ kind: 'all' }), ids.toSorted())
    assert.deepEqual(await read({ kind: 'ids', ids: ['d', 'a', 'x'] }), ['a', 'd'])
    assert.deepEqual(
      await read({ kind: 'naming', resource: resource.id }),
      ids.slice(0, 4).toSorted(),
    )
    const page = { kind: 'page', after: 'a', search: undefined } as const
    assert.deepEqual(await read({ ...page, limit: 1 }), ['b'])
    const first = { kind: 'page', after: undefined, limit: 9 } as const
    assert.deepEqual(await read({ ...first, search: 'C_' }), ['c_1'])
    assert.deepEqual(await read({ ...first, search: '%' }), ['c%2'])
    assert.deepEqual(await read({ ...first, search: 'DPOP' }), ids.toSorted())
  })

  it('makes changes only while what they were decided upon has not changed', async ({
    storage,
  }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    const disabled: StoredChange = { type: 'client_disabled', id: client.id }
    const on = (sequence: number, ...subjects: DecisionBasis['subjects']) =>
      session.apply([disabled], origin, { sequence, subjects })
    const outdated = { ok: false, violation: 'outdated', at: 0 }
    assert.deepEqual(await on(1, { kind: 'client', id: client.id }), outdated)
    assert.deepEqual(await on(0, { kind: 'resource' }), outdated)
    assert.equal((await session.load()).clients[0]?.disabled, false)
    assert.deepEqual(await on(2, { kind: 'client' }), { ok: true, sequence: 3 })
    assert.deepEqual(await on(1, { kind: 'client', id: 'x' }, { kind: 'resource' }), {
      ...{ ok: true, sequence: 4 },
    })
  })

  it('keeps its master key', async ({ storage }) => {
    await using first = await opened(storage)
    await using second = await opened(storage)
    assert.deepEqual(Buffer.from(first.masterKey), Buffer.from(second.masterKey))
  })

  it('tells an identifier that is taken, and changes nothing then', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    const again: StoredChange = { type: 'client_created', client: { ...client, secrets: [] } }
    const outcome = await make(session, { type: 'client_disabled', id: client.id }, again)
    assert.deepEqual(outcome, { ok: false, violation: 'exists', at: 1 })
    const state = await session.load()
    assert.equal(state.clients[0]?.secrets.length, 3)
    assert.equal(state.clients[0]?.disabled, false)
    assert.equal(state.sequence, 2)
  })

  const strays: readonly StoredChange[] = [
    { type: 'client_updated', client: { ...client, id: 'nobody' } },
    { type: 'client_disabled', id: 'nobody' },
    { type: 'client_enabled', id: 'nobody' },
    { type: 'client_deleted', id: 'nobody' },
    { type: 'secret_added', clientId: 'nobody', secret: someSecret('x', new Uint8Array(32)) },
    { type: 'secret_retired', clientId: 'nobody', secretId: 's1', retiredAtWallMs: 1 },
    { type: 'secret_deleted', clientId: client.id, secretId: 'nothing' },
    { type: 'resource_deleted', id: 'https://nowhere.example' },
    { type: 'signing_key_deleted', kid: 'nothing' },
  ]
  it('tells that what a change is about is not there', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    for (const change of strays) {
      const outcome = await make(session, change)
      assert.deepEqual(outcome, { ok: false, violation: 'missing', at: 0 }, change.type)
    }
    assert.equal((await session.load()).sequence, 2)
  })

  it('stores a client whole or not at all', async ({ storage }) => {
    await using session = await opened(storage)
    await assert.rejects(make(session, clientCreated))
    assert.deepEqual((await session.load()).clients, [])
  })

  it('makes every change to clients, secrets, resources and keys', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    await make(session, { type: 'signing_key_created', key: signingKey })
    const changedClient = {
      ...client,
      authenticationMethods: ['tls_client_auth'] as const,
      grants: [{ resource: resource.id, scopes: scopeOf(['write']), defaultScopes: undefined }],
      servesResources: [],
      settings: { ...plainClientSettings, label: 'changed' },
    }
    const schedule = { activatesAtWallMs: 6, retiresAtWallMs: 7, compromisedAtWallMs: 8 }
    const secretId = (id: string) => ({ clientId: client.id, secretId: id })
    const verifier = { kind: 'keyed', digest: new Uint8Array(32).fill(3) } as const
    const outcome = await make(
      session,
      { type: 'client_updated', client: changedClient },
      { type: 'client_disabled', id: client.id },
      { type: 'secret_added', clientId: client.id, secret: someSecret('s4', verifier.digest) },
      { type: 'secret_updated', ...secretId('s1'), label: 'renamed', expiresAtWallMs: 99 },
      { type: 'secret_retired', ...secretId('s4'), retiredAtWallMs: 77 },
      { type: 'secret_rehashed', ...secretId('s3'), verifier },
      { type: 'secret_deleted', ...secretId('s2') },
      { type: 'signing_key_scheduled', kid: signingKey.kid, schedule },
      {
        type: 'resource_updated',
        resource: { ...resource, scopes: scopeOf(['write']), tokenFormat: 'opaque' },
      },
    )
    assert.ok(outcome.ok)
    const state = await session.load()
    const [stored] = state.clients
    assert.deepEqual(
      plain([{ ...stored, secrets: [] }]),
      plain([{ ...changedClient, disabled: true, secrets: [] }]),
    )
    assert.deepEqual(
      stored?.secrets.map(({ id, label, expiresAtWallMs, retiredAtWallMs, verifier: { kind } }) => [
        ...[id, label, expiresAtWallMs, retiredAtWallMs, kind],
      ]),
      [
        ['s4', undefined, undefined, 77, 'keyed'],
        ['s1', 'renamed', 99, undefined, 'keyed'],
        ['s3', undefined, undefined, undefined, 'keyed'],
      ],
    )
    assert.deepEqual(plain(state.signingKeys), plain([{ ...signingKey, ...schedule }]))
    assert.equal(state.resources[0]?.tokenFormat, 'opaque')
    assert.equal(state.resources[0]?.scopes.text, 'write')
  })

  it('forgets a deleted client with its secrets, so that its id can be used again', async ({
    storage,
  }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    await make(session, { type: 'client_deleted', id: client.id })
    assert.deepEqual((await session.load()).clients, [])
    assert.ok((await make(session, clientCreated)).ok)
  })

  it('accepts a revocation twice and forgets it after the token has expired', async ({
    storage,
  }) => {
    await using session = await opened(storage)
    const revoked = (jti: string, expiresAtSeconds: number): StoredChange => ({
      type: 'token_revoked',
      revocation: { jti, clientId: client.id, expiresAtSeconds },
    })
    await make(session, revoked('j', 100))
    await make(session, revoked('j', 100))
    assert.equal((await session.load()).revocations.length, 1)
    const forgottenAtMs = (101 + revocationRetentionSeconds) * 1000
    await session.apply([revoked('k', 10_000)], { ...origin, atWallMs: forgottenAtMs })
    assert.deepEqual(
      (await session.load()).revocations.map(({ jti }) => jti),
      ['k'],
    )
  })

  it('never lowers an epoch', async ({ storage }) => {
    await using session = await opened(storage)
    for (const notBeforeSeconds of [60, 55]) {
      const epoch = { clientId: 'c', notBeforeSeconds, expiresAtSeconds: 200 }
      assert.ok((await make(session, { type: 'client_tokens_revoked', epoch })).ok)
    }
    assert.equal((await session.load()).epochs[0]?.notBeforeSeconds, 60)
  })

  it('lets two be opened for the first time at once', async ({ storage }) => {
    const sessions = await Promise.all([opened(storage), opened(storage), opened(storage)])
    const keys = new Set(sessions.map((session) => Buffer.from(session.masterKey).toString('hex')))
    assert.equal(keys.size, 1)
    for (const session of sessions) await session.close()
  })
}
