import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock, the } from '@mintmark/testkit'
import {
  createAuthorizationServer,
  openAdministration,
  type StorageSession,
  sqlite,
} from '../../src/index.ts'
import { make, origin } from '../storage/storage-world.ts'

/** One open session in memory, for several administrations. */
async function world() {
  const session = await sqlite(':memory:').open()
  const storage = { open: async () => ({ ...session, close: async () => undefined }) }
  const clock = new FakeClock()
  const options = { storage: { ...storage, masterKey: async () => session.masterKey }, clock }
  return {
    session,
    clock,
    storage: options.storage,
    audit: (await openAdministration(options)).audit,
  }
}

async function settings(session: StorageSession, count: number): Promise<void> {
  const changes = Array.from({ length: count }, (_, at) => ({
    type: 'setting_changed' as const,
    ...{ name: `s${at}`, value: '' },
  }))
  await make(session, ...changes)
}

test('a checkpoint that is kept elsewhere is verified against the trail [A13]', async () => {
  const { session, audit } = await world()
  await settings(session, 5)
  const checkpoint = await audit.auditCheckpoint()
  await settings(session, 5)
  const verdict = await audit.verifyAudit(`${checkpoint}\n`)
  // Five, the audit key, the checkpoint, five.
  assert.deepEqual(verdict, { ok: true, records: 12, vouchedSequence: 6 })
  assert.equal(await session.setting('audit_checkpoint'), checkpoint)
})

test('a checkpoint of another server, or none at all, is not genuine [A13]', async () => {
  const { session, audit } = await world()
  await settings(session, 1)
  const foreign = await (await world()).audit.auditCheckpoint()
  const notGenuine = { ok: false, fault: 'checkpoint_not_genuine', sequence: 0 }
  assert.deepEqual(await audit.verifyAudit(foreign), notGenuine)
  const own = await audit.auditCheckpoint()
  for (const text of [foreign, '', 'x', own.slice(0, -4), own.replace('.', '.A')]) {
    assert.deepEqual(await audit.verifyAudit(text), notGenuine)
  }
  // Nobody without the master key can have one stored either.
  await make(session, { type: 'setting_changed', name: 'audit_checkpoint', value: foreign })
  assert.deepEqual(await audit.verifyAudit(), notGenuine)
})

test('a checkpoint of before a restore shows that the trail was cut [A13]', async () => {
  const { session, audit } = await world()
  await settings(session, 5)
  await audit.auditCheckpoint()
  await settings(session, 3)
  const checkpoint = await audit.auditCheckpoint()
  const cut = {
    ...session,
    auditRecords: async (after: number, limit: number) =>
      (await session.auditRecords(after, limit)).filter(({ sequence }) => sequence <= 9),
  }
  const storage = { open: async () => cut, masterKey: async () => session.masterKey }
  const after = (await openAdministration({ storage })).audit
  const verdict = await after.verifyAudit(checkpoint)
  assert.deepEqual(verdict, { ok: false, fault: 'trail_cut', sequence: 10 })
})

test('two nodes that write a first checkpoint at once agree on one audit key [A13]', async () => {
  const { storage, audit } = await world()
  const others = await Promise.all([1, 2, 3].map(() => openAdministration({ storage })))
  const checkpoints = await Promise.all(others.map((other) => other.audit.auditCheckpoint()))
  for (const checkpoint of checkpoints) {
    assert.equal((await audit.verifyAudit(checkpoint)).ok, true)
  }
  const keys = (await audit.auditRecords()).filter(({ subjectId }) => subjectId === 'audit_key')
  assert.equal(keys.length, 1)
})

test('a server writes a checkpoint every thousand records, and when it stops after a change [A13]', async () => {
  const { session, clock, storage, audit } = await world()
  const start = () =>
    createAuthorizationServer({ issuer: the.issuer, storage, clock, keyRotation: 'manual' })
  const server = await start()
  await settings(session, 998)
  await server.keys.keys()
  assert.equal(await session.setting('audit_checkpoint'), undefined)
  await settings(session, 2)
  await server.keys.keys()
  await server.close()
  const first = await session.setting('audit_checkpoint')
  assert.ok(first)
  const { sequence } = await session.load()
  // Nothing has changed: nothing is written.
  await (await start()).close()
  assert.equal((await session.load()).sequence, sequence)
  const next = await start()
  await session.apply([{ type: 'setting_changed', name: 'x', value: '' }], origin)
  await next.keys.keys()
  await next.close()
  assert.notEqual(await session.setting('audit_checkpoint'), first)
  const verdict = await audit.verifyAudit()
  assert.ok(verdict.ok && verdict.vouchedSequence === verdict.records - 1)
})
