/** The part of the storage contract that several nodes on one database live on: differences, audit, usage, replay. */
import assert from 'node:assert/strict'
import { eventually } from '@mintmark/testkit'
import { auditHash, emptyChain } from '../../src/audit/audit-record.ts'
import { plainClientSettings } from '../../src/registry/client-settings.ts'
import { someClient } from '../registered.ts'
import {
  type behaviourOf,
  client,
  clientCreated,
  make,
  opened,
  plain,
  resource,
  resourceCreated,
  signingKey,
} from './storage-world.ts'

const clientDisabled = { type: 'client_disabled', id: client.id } as const
const clientEnabled = { type: 'client_enabled', id: client.id } as const

/** Declares these behaviours. */
export function testStorageOfNodes(it: ReturnType<typeof behaviourOf>): void {
  it('tells what changed since an earlier state, and only that', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated, {
      type: 'client_created',
      client: someClient('partner-b'),
    })
    const before = await session.load()
    await make(session, { type: 'secret_deleted', clientId: client.id, secretId: 's1' })
    await make(session, { type: 'client_deleted', id: 'partner-b' })
    const difference = await session.changesSince(before.sequence)
    assert.deepEqual(
      difference?.clients.map(({ id, secrets }) => [id, secrets.length]),
      [[client.id, 2]],
    )
    assert.deepEqual(difference?.deletedClients, ['partner-b'])
    assert.equal(difference?.sequence, before.sequence + 2)
    for (const same of ['resources', 'signingKeys', 'epochs'] as const) {
      assert.equal(difference?.[same], undefined)
    }
    assert.deepEqual(difference?.revocations, [])
  })

  it('reads everything again when a resource is gone', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    await make(session, { type: 'resource_deleted', id: resource.id })
    assert.equal(await session.changesSince(2), undefined)
    const state = await session.load()
    assert.deepEqual(state.resources, [])
    assert.deepEqual(state.clients[0]?.grants, [])
  })

  it('refuses to understand settings of a newer version', async ({ storage }) => {
    await using session = await opened(storage)
    const settings = { ...plainClientSettings, somethingNew: true }
    await make(session, resourceCreated, {
      type: 'client_created',
      client: { ...client, settings },
    })
    assert.equal((await session.load()).clients[0]?.settings, undefined)
  })

  it('chains the audit records of all changes', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    await make(session, { type: 'client_disabled', id: 'nobody' })
    await make(session, { type: 'client_disabled', id: client.id })
    const records = await session.auditRecords(0, 10)
    assert.deepEqual(
      records.map(({ sequence, action, subjectId }) => [sequence, action, subjectId]),
      [
        [1, 'resource_created', resource.id],
        [2, 'client_created', client.id],
        [3, 'client_disabled', client.id],
      ],
    )
    let previous = emptyChain.hash
    for (const record of records) {
      assert.deepEqual([...record.previousHash], [...previous])
      assert.deepEqual([...auditHash(record)], [...record.hash])
      previous = record.hash
    }
    assert.deepEqual(
      (await session.auditRecords(1, 1)).map(({ sequence }) => sequence),
      [2],
    )
  })

  it('finds the audit records about one client, its secrets and its tokens', async ({
    storage,
  }) => {
    await using session = await opened(storage)
    const ids = ['a', 'a"b', 'a%', 'A', 'é\u{1f511}']
    await make(session, resourceCreated)
    for (const [at, id] of ids.entries()) {
      const revocation = { jti: `j${at}`, clientId: id, expiresAtSeconds: 90 }
      const epoch = { clientId: id, notBeforeSeconds: 50, expiresAtSeconds: 90 }
      await make(
        session,
        ...[{ type: 'client_created', client: someClient(id) } as const],
        { type: 'token_revoked', revocation },
        { type: 'client_tokens_revoked', epoch },
      )
    }
    for (const [at, id] of ids.entries()) {
      const found = (await session.auditRecords(0, 10, id)).map(({ sequence }) => sequence)
      assert.deepEqual(
        found,
        [2, 3, 4].map((first) => first + 3 * at),
      )
      assert.equal((await session.auditRecords(2 + 3 * at, 1, id))[0]?.sequence, 3 + 3 * at)
    }
    assert.deepEqual(await session.auditRecords(0, 10, 'nobody'), [])
  })

  it('remembers the last use of each secret, and how far each node has reported', async ({
    storage,
  }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    const report = { nodeId: 'n1', startedAtWallMs: 1, reportedUntilWallMs: 10, stopped: false }
    const use = (secretId: string, hourWallMs: number, network: string) => ({
      ...{ secretId, hourWallMs, network },
    })
    await session.recordUsage([use('s1', 7, '10.0.0.0/24'), use('gone', 7, '10.0.0.0/24')], report)
    await session.recordUsage([use('s1', 6, '10.0.1.0/24')], {
      ...report,
      reportedUntilWallMs: 20,
    })
    assert.deepEqual(plain(await session.usageOf(client.id)), {
      usage: [{ secretId: 's1', hourWallMs: 7, network: '10.0.0.0/24' }],
      nodes: [{ ...report, reportedUntilWallMs: 20 }],
    })
    assert.deepEqual((await session.usageOf('nobody')).usage, [])
  })

  it('lets an assertion be used once, whichever session asks', async ({ storage }) => {
    await using session = await opened(storage)
    await using elsewhere = await opened(storage)
    const entries = ['a', 'b', 'a'].map((key) => ({ key, expiresAtWallMs: 100 }))
    assert.deepEqual(await session.consumeReplay(entries, 50), [true, true, false])
    assert.deepEqual(await elsewhere.consumeReplay(entries.slice(0, 1), 100), [false])
    assert.deepEqual(await elsewhere.consumeReplay(entries.slice(0, 1), 101), [true])
  })

  it('finds nothing under a name that no database can keep, and refuses to store one', async ({
    storage,
  }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated, clientCreated)
    for (const id of ['a\0b', '\ud800']) {
      const missing = { ok: false, violation: 'missing', at: 0 }
      assert.deepEqual(await make(session, { type: 'client_disabled', id }), missing)
      assert.deepEqual(
        await make(session, { type: 'client_created', client: { ...client, id } }),
        missing,
      )
      assert.deepEqual((await session.usageOf(id)).usage, [])
      assert.equal(await session.setting(id), undefined)
      const labelled = { ...client, settings: { ...plainClientSettings, label: id } }
      // Escaped in JSON, it is text like any other.
      assert.ok((await make(session, { type: 'client_updated', client: labelled })).ok)
      assert.equal((await session.load()).clients[0]?.settings?.label, id)
      const value = { type: 'setting_changed', name: 'a', value: id } as const
      await assert.rejects(make(session, value), { name: 'InvariantViolation' })
    }
    assert.equal(await session.setting('a'), undefined)
  })

  it('keeps any text that is text', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated)
    for (const id of ["'; drop table audit; --", '?$1%s\\', '\u{1f511}é', '\t\u0001', '%', '_']) {
      assert.ok((await make(session, { type: 'client_created', client: someClient(id) })).ok)
      assert.ok((await make(session, { type: 'client_disabled', id })).ok)
    }
    const { clients, sequence } = await session.load()
    assert.deepEqual([clients.length, sequence], [6, 13])
    assert.ok(clients.every(({ disabled }) => disabled))
  })

  it('reads everything again when the database was set back', async ({ storage }) => {
    await using session = await opened(storage)
    await make(session, resourceCreated)
    assert.equal(await session.changesSince(2), undefined)
    assert.equal((await session.changesSince(1))?.sequence, 1)
  })

  it('takes a signing key only beside the keys that its maker knew', async ({ storage }) => {
    await using session = await opened(storage)
    const creation = (kid: string, besides: readonly string[]) =>
      make(session, { type: 'signing_key_created', key: { ...signingKey, kid }, besides })
    assert.ok((await creation('b', [])).ok)
    assert.deepEqual(await creation('a', []), { ok: false, violation: 'exists', at: 0 })
    assert.ok((await creation('a', ['b'])).ok)
    assert.deepEqual(await creation('c', ['b']), { ok: false, violation: 'exists', at: 0 })
    const rsa = { ...signingKey, kid: 'r', algorithm: 'RS256' } as const
    await make(session, { type: 'signing_key_created', key: rsa, besides: [] })
    assert.ok((await creation('c', ['a', 'b'])).ok)
    const { signingKeys } = await session.load()
    assert.deepEqual(signingKeys.map(({ kid }) => kid).toSorted(), ['a', 'b', 'c', 'r'])
  })

  it('tells its own changes and those of somebody else', async ({ storage }) => {
    await using session = await opened(storage)
    await using elsewhere = await opened(storage)
    let told = 0
    session.watch(() => {
      told += 1
    })
    await make(session, resourceCreated)
    assert.ok(told > 0)
    // Being told without need is allowed; not being told of one of these is not.
    for (const change of [clientCreated, clientDisabled, clientEnabled]) {
      const before = told
      await make(elsewhere, change)
      await eventually(() => assert.ok(told > before))
    }
    assert.equal((await session.load()).clients.length, 1)
  })
}
