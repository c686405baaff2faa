import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock, memorySharedStore, type OperationFault, seededRandom } from '@mintmark/testkit'
import type { TokenClientEvent } from '../../src/events.ts'
import { StoreHealth } from '../../src/shared-store/store-health.ts'

function healthWorld(deadlineMs = 250) {
  const clock = new FakeClock()
  const world = {
    clock,
    fault: undefined as OperationFault,
    operations: 0,
    recoveries: 0,
    events: [] as TokenClientEvent[],
  }
  const driver = memorySharedStore({ clock }).connect({
    operation: () => {
      world.operations += 1
      return world.fault
    },
  })
  const health = new StoreHealth({
    ...{ driver, clock, random: seededRandom(1), deadlineMs },
    report: (event) => world.events.push(event),
    onRecovered: () => {
      world.recoveries += 1
    },
  })
  const read = (name = 'n') => health.attempt({ name, run: (store) => store.read(name) })
  return Object.assign(world, { health, read })
}

describe('the way to the shared store', () => {
  it('gives what the store gives', async () => {
    const { read, events } = healthWorld()
    const answer = await read()
    assert.equal(answer.ok && answer.value.generation, 0)
    assert.deepEqual(events, [])
  })

  it('turns a failure into "no store", and says so once however many operations it hits [C8]', async () => {
    const world = healthWorld()
    world.fault = 'fail'
    const answers = await Promise.all([world.read(), world.read(), world.read()])
    assert.deepEqual(
      answers.map(({ ok }) => ok),
      [false, false, false],
    )
    assert.deepEqual(world.events, [{ type: 'store_unavailable', reason: 'failed' }])
  })

  it('gives up on an operation after its deadline', async () => {
    const world = healthWorld()
    world.fault = 'hang'
    const answer = world.read()
    await world.clock.advance(250)
    assert.equal(world.events.length, 0)
    await world.clock.advance(10)
    assert.deepEqual(await answer, { ok: false })
    assert.deepEqual(world.events, [{ type: 'store_unavailable', reason: 'timed_out' }])
  })

  it('takes an answer that was there before anybody could look', async () => {
    const world = healthWorld()
    world.fault = { delayMs: 255 }
    const answer = world.read()
    await world.clock.advance(260)
    assert.equal((await answer).ok, true)
  })

  it('hands over what came too late', async () => {
    const world = healthWorld()
    world.fault = { delayMs: 400 }
    const late: number[] = []
    const answer = world.health.attempt({
      name: 'n',
      run: (store) => store.read('n'),
      onLate: async ({ generation }) => {
        late.push(generation)
        throw new Error('to be dropped')
      },
    })
    await world.clock.advance(400)
    assert.deepEqual(await answer, { ok: false })
    assert.deepEqual(late, [0])
  })

  it('asks nothing of a store that failed, but for one probe per pause', async () => {
    const world = healthWorld()
    world.fault = 'fail'
    await world.read()
    for (let call = 0; call < 100; call += 1) await world.read()
    assert.equal(world.operations, 1)
    await world.clock.advance(1_250)
    assert.equal(world.operations, 2)
  })

  it('doubles the pauses up to half a minute', async () => {
    const world = healthWorld()
    world.fault = 'fail'
    await world.read()
    await world.clock.advance(3_600_000)
    const probes = world.operations - 1
    // 1 + 2 + 4 + 8 + 16 s, then one in 30 to 37.5 s.
    assert(probes >= 5 + Math.floor((3_600 - 39) / 37.5), String(probes))
    assert(probes <= 5 + Math.ceil((3_600 - 31) / 30), String(probes))
  })

  it('comes back with the first probe that succeeds, and begins with short pauses again [C8]', async () => {
    const world = healthWorld()
    world.fault = 'fail'
    await world.read()
    await world.clock.advance(5_000)
    world.fault = undefined
    await world.clock.advance(5_000)
    assert.equal((await world.read()).ok, true)
    assert.equal(world.recoveries, 1)
    assert.deepEqual(
      world.events.map(({ type }) => type),
      ['store_unavailable', 'store_recovered'],
    )
    world.fault = 'fail'
    await world.read()
    const before = world.operations
    await world.clock.advance(1_250)
    assert.equal(world.operations, before + 1)
  })

  it('probes the record that failed: others may live on a node that is well', async () => {
    const clock = new FakeClock()
    const asked: string[] = []
    const driver = memorySharedStore({ clock }).connect({
      operation: (_operation, name) => {
        asked.push(name)
        return name === 'ill' ? 'fail' : undefined
      },
    })
    const health = new StoreHealth({
      ...{ driver, clock, random: seededRandom(1), deadlineMs: 250 },
      report: () => undefined,
      onRecovered: () => undefined,
    })
    await health.attempt({ name: 'well', run: (store) => store.read('well') })
    await health.attempt({ name: 'ill', run: (store) => store.read('ill') })
    await clock.advance(2_000)
    assert.deepEqual(asked, ['well', 'ill', 'ill'])
  })

  it('leaves no timer behind when it ends', async () => {
    const world = healthWorld()
    world.fault = 'fail'
    await world.read()
    world.health.end()
    assert.equal(world.clock.pendingCount, 0)
    world.fault = undefined
    assert.deepEqual(await world.read(), { ok: false })
  })

  it('stays ended when a probe comes back late', async () => {
    const world = healthWorld()
    world.fault = 'fail'
    await world.read()
    world.fault = { delayMs: 255 }
    await world.clock.advance(1_250)
    world.health.end()
    await world.clock.advance(1_000)
    assert.equal(world.recoveries, 0)
    assert.equal(world.clock.pendingCount, 0)
  })
})
