import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock, memorySharedStore, type OperationFault, seededRandom } from '@mintmark/testkit'
import { Lease } from '../../src/shared-store/lease.ts'
import { StoreHealth } from '../../src/shared-store/store-health.ts'

const name = 'n'

async function leaseWorld() {
  const clock = new FakeClock()
  const store = memorySharedStore({ clock })
  const world = { clock, store, fault: undefined as OperationFault, ends: 0 }
  const health = new StoreHealth({
    driver: store.connect({ operation: () => world.fault }),
    ...{ clock, random: seededRandom(1), deadlineMs: 250 },
    report: () => undefined,
    onRecovered: () => undefined,
  })
  await store.acquire(name, 'us', 3_000)
  const lease = new Lease({
    ...{ store: health, clock, name, owner: 'us', leaseMs: 3_000 },
    onEnd: () => {
      world.ends += 1
    },
  })
  const isHeld = async () => (await store.read(name)).leaseRemainingMs > 0
  return Object.assign(world, { lease, isHeld })
}

describe('a lease in hand', () => {
  it('is extended for as long as it is needed', async () => {
    const { clock, isHeld, lease } = await leaseWorld()
    for (let second = 0; second < 30; second += 1) {
      await clock.advance(1_000)
      assert(await isHeld())
    }
    await lease.end()
    assert.equal(await isHeld(), false)
  })

  it('is over within its length when its process died', async () => {
    const world = await leaseWorld()
    await world.clock.advance(2_500)
    world.fault = 'hang'
    await world.clock.advance(3_000)
    assert.equal(await world.isHeld(), false)
  })

  it('ends once, and leaves no timer', async () => {
    const world = await leaseWorld()
    await world.lease.end()
    await world.lease.end()
    world.lease.spend()
    assert.equal(world.ends, 1)
    assert.equal(world.clock.pendingCount, 0)
  })

  it('is not released after it was spent: it may be the lease of another by then', async () => {
    const { lease, store, isHeld } = await leaseWorld()
    lease.spend()
    await lease.end()
    assert(await isHeld())
    await store.release(name, 'us')
  })

  it('is given up again when an extension overlaps with its end', async () => {
    const world = await leaseWorld()
    world.fault = { delayMs: 100 }
    await world.clock.advance(1_050)
    world.fault = undefined
    await world.lease.end()
    await world.clock.advance(100)
    assert.equal(await world.isHeld(), false)
  })

  it('is given up again when an extension arrives after its deadline and its end', async () => {
    const world = await leaseWorld()
    world.fault = { delayMs: 2_000 }
    await world.clock.advance(1_300)
    world.fault = undefined
    await world.lease.end()
    await world.clock.advance(2_000)
    assert.equal(await world.isHeld(), false)
  })

  it('is no longer extended once another has it', async () => {
    const { clock, store } = await leaseWorld()
    await store.release(name, 'us')
    await store.acquire(name, 'them', 60_000)
    await clock.advance(1_000)
    assert.equal(clock.pendingCount, 0)
  })
})
