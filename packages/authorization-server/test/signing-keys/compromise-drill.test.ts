import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  openKeyAdministration,
  type Storage,
  type StorageSession,
  sqlite,
} from '../../src/index.ts'
import { drillKeyCompromise } from '../../src/signing-keys/compromise-drill.ts'
import { hurriedClock as clock } from '../hurried-clock.ts'

/** A storage in memory that can be opened again, and tells whether anything was written. */
async function someStorage() {
  const session = await sqlite(':memory:').open()
  let writes = 0
  const kept: StorageSession = {
    ...session,
    async apply(...change) {
      writes += 1
      return await session.apply(...change)
    },
    close: async () => undefined,
  }
  const storage: Storage = { open: async () => kept, masterKey: async () => session.masterKey }
  const keys = await openKeyAdministration({ storage })
  const rotated = await keys.rotate()
  assert.ok(rotated.ok)
  return { storage, keys, kid: rotated.value.key.kid, session, writes: () => writes }
}

test('a drill times the withdrawal on three nodes and leaves the real keys as they are [A8]', async () => {
  const { storage, keys, kid, session, writes } = await someStorage()
  const before = await keys.keys()
  const written = writes()
  const drill = await drillKeyCompromise({ storage, kid, clock })
  assert.ok(drill.ok)
  const { safeAfterMs, times, ...rest } = drill.value
  assert.deepEqual(rest, { kid, state: 'active', nodes: 3, cachedForSeconds: 300 })
  for (const time of Object.values(times)) assert.ok(time !== undefined)
  assert.equal(safeAfterMs, Math.max(...(Object.values(times) as number[])))
  assert.ok(safeAfterMs < 10_000)
  assert.deepEqual([await keys.keys(), writes()], [before, written])
  await session.close()
})

test('for a key that does not sign yet there is less to see [A8]', async () => {
  const { storage, keys, session } = await someStorage()
  const next = await keys.rotate()
  assert.ok(next.ok)
  const drill = await drillKeyCompromise({ storage, kid: next.value.key.kid, clock })
  assert.ok(drill.ok)
  const { times, state, safeAfterMs } = drill.value
  assert.deepEqual([state, times.replacedMs, times.inactiveMs], ['next', undefined, undefined])
  assert.ok(safeAfterMs !== undefined)
  await session.close()
})

test('there is nothing to practise with a key that is not there, or not trusted [A8]', async () => {
  const { storage, keys, kid, session } = await someStorage()
  const unknown = await drillKeyCompromise({ storage, kid: 'nobody' })
  assert.equal(unknown.ok || unknown.violation, 'key_unknown')
  await keys.compromise(kid)
  const withdrawn = await drillKeyCompromise({ storage, kid, clock })
  assert.equal(withdrawn.ok || withdrawn.violation, 'key_withdrawn')
  await session.close()
})
