import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Publication, SharedStore } from '@mintmark/client/shared-store'
import { redact } from '@mintmark/protocol'
import { eventually, FakeClock, memorySharedStore } from '@mintmark/testkit'
import { resealing } from '../../src/shared-store/resealing.ts'
import { createSealing } from '../../src/shared-store/sealing.ts'

const k1 = { id: 'k1', secret: new Uint8Array(32).fill(1) }
const k2 = { id: 'k2', secret: new Uint8Array(32).fill(2) }
const namingSecret = k1.secret
const sealings = {
  old: createSealing({ keys: [k1] }),
  rotating: createSealing({ keys: [k2, k1], namingSecret }),
  new: createSealing({ keys: [k2], namingSecret }),
}
const text = redact('shared entry', 'the token')

/** A store with an entry that was sealed with the old key. */
async function world() {
  const store = memorySharedStore({ clock: new FakeClock() })
  const sealed = await sealings.old.seal('name', 1, text)
  await store.write('name', { owner: 'o', generation: 0, sealed, lifetimeMs: 60_000 })
  return { store, sealed }
}

/** Waits for an entry that only the new key opens. */
async function renewed(store: SharedStore): Promise<number> {
  let generation = 0
  await eventually(async () => {
    const record = await store.read('name')
    generation = record.generation
    const opened = await sealings.new.open('name', generation, record.sealed ?? '')
    assert.equal(opened.ok && opened.text.reveal(), text.reveal())
  })
  return generation
}

test('seals an entry anew when it is read with a ring whose first key is another [C9]', async () => {
  const { store, sealed } = await world()
  const heard: Publication['kind'][] = []
  await store.subscribe(({ kind }) => heard.push(kind), unexpected)
  const { sealed: read } = await resealing(store, sealings.rotating).read('name')
  assert.equal(read, sealed)
  assert.equal(await renewed(store), 2)
  await eventually(() => assert.deepEqual(heard, ['written', 'released']))
  const { remainingMs, leaseRemainingMs } = await store.read('name')
  assert.deepEqual([remainingMs, leaseRemainingMs], [60_000, 0])
})

test('seals it anew once, however many read it', async () => {
  const { store } = await world()
  const driver = resealing(store, sealings.rotating)
  await Promise.all(Array.from({ length: 10 }, () => driver.read('name')))
  assert.equal(await renewed(store), 2)
  await driver.read('name')
  assert.equal(await renewed(store), 2)
})

const untouched = [
  ['whose key is the first one', sealings.old],
  ['whose key is not in the ring', sealings.new],
] as const

for (const [title, sealing] of untouched) {
  test(`leaves an entry alone ${title}`, async () => {
    const { store, sealed } = await world()
    const called: string[] = []
    const watched = store.connect({
      operation: (operation) => {
        called.push(operation)
        return undefined
      },
    })
    await resealing(watched, sealing).read('name')
    // Longer than opening and sealing take.
    for (let n = 0; n < 10; n += 1) await sealing.seal('other', n, text)
    assert.deepEqual(called, ['read'])
    assert.equal((await store.read('name')).sealed, sealed)
  })
}

test('does not come between a process and the token that it asks for', async () => {
  const { store } = await world()
  const driver = resealing(store, sealings.rotating)
  const stale = await store.read('name')
  await store.acquire('name', 'asking', 60_000)
  await resealing({ ...store, read: async () => stale }, sealings.rotating).read('name')
  await driver.read('name')
  for (let n = 0; n < 10; n += 1) await sealings.rotating.seal('other', n, text)
  const sealed = await sealings.new.seal('name', 2, text)
  const write = { owner: 'asking', generation: 1, sealed, lifetimeMs: 60_000 }
  assert.equal(await store.write('name', write), 2)
})

test('harms nobody when the store fails meanwhile', async () => {
  const { store } = await world()
  const failing = store.connect({ operation: (name) => (name === 'read' ? undefined : 'fail') })
  assert.equal((await resealing(failing, sealings.rotating).read('name')).generation, 1)
  for (let n = 0; n < 10; n += 1) await sealings.rotating.seal('other', n, text)
})

function unexpected(): never {
  assert.fail('nothing was to be heard')
}
