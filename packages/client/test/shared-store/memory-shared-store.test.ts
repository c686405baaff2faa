/** The driver in memory keeps to the rules of all drivers, and has the faults that a test asks for. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Publication } from '@mintmark/client/shared-store'
import { FakeClock, memorySharedStore, sharedStoreContract } from '@mintmark/testkit'

const entry = { owner: 'a', generation: 0, sealed: 'c2VhbGVk', lifetimeMs: 60_000 }

describe('memorySharedStore', () => {
  for (const { title, run } of sharedStoreContract) {
    test(title, () =>
      run(async () => {
        const clock = new FakeClock()
        const store = memorySharedStore({ clock })
        return { connect: async () => store.connect(), pass: (ms) => clock.advance(ms) }
      }),
    )
  }

  test('fails without effect, loses an answer, delays and hangs as it is told', async () => {
    const clock = new FakeClock()
    const store = memorySharedStore({ clock })
    const failing = store.connect({ operation: () => 'fail' })
    await assert.rejects(failing.write('name', entry))
    assert.equal((await store.read('name')).generation, 0)
    const forgetful = store.connect({ operation: () => 'lose_answer' })
    await assert.rejects(forgetful.write('name', entry))
    assert.equal((await store.read('name')).generation, 1)
    const slow = store.connect({ operation: () => ({ delayMs: 100 }) }).write('name', {
      ...entry,
      generation: 1,
    })
    await clock.advance(100)
    assert.equal(await slow, 2)
    let isSettled = false
    const hanging = store.connect({ operation: () => 'hang' }).read('name')
    void hanging.finally(() => {
      isSettled = true
    })
    await clock.advance(600_000)
    assert.equal(isSettled, false)
  })

  test('drops, repeats and delays publications to one process as it is told', async () => {
    const clock = new FakeClock()
    const store = memorySharedStore({ clock })
    const counts = { dropped: 0, repeated: 0 }
    const late: Publication[] = []
    await store.connect({ publication: () => 'drop' }).subscribe(() => {
      counts.dropped += 1
    }, unexpected)
    await store.connect({ publication: () => 'repeat' }).subscribe(() => {
      counts.repeated += 1
    }, unexpected)
    await store
      .connect({ publication: () => ({ delayMs: 1_000 }) })
      .subscribe((each) => late.push(each), unexpected)
    await store.write('name', entry)
    await clock.advance(1_000)
    assert.deepEqual(counts, { dropped: 0, repeated: 2 })
    const { sealed } = entry
    const remainingMs = 59_000
    assert.deepEqual(late, [{ kind: 'written', name: 'name', generation: 1, sealed, remainingMs }])
  })

  test('loses everything when it is wiped, and tells of the gap', async () => {
    const store = memorySharedStore({ clock: new FakeClock() })
    let gaps = 0
    await store.subscribe(
      () => {},
      () => {
        gaps += 1
      },
    )
    await store.openCircuit('name', 'client_refused', 1, 60_000)
    store.wipe()
    assert.equal(await store.passCircuit('name'), undefined)
    assert.equal(gaps, 1)
  })
})

function unexpected(): void {
  assert.fail('nothing was to be heard')
}
