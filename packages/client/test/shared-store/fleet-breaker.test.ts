import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock, memorySharedStore, type OperationFault, seededRandom } from '@mintmark/testkit'
import { FleetBreaker } from '../../src/shared-store/fleet-breaker.ts'
import { StoreHealth } from '../../src/shared-store/store-health.ts'
import { Throttle } from '../../src/throttle.ts'

function breakers() {
  const clock = new FakeClock()
  const store = memorySharedStore({ clock })
  const process = () => {
    const world = { fault: undefined as OperationFault, operations: 0, throttle: new Throttle() }
    const health = new StoreHealth({
      driver: store.connect({
        operation: () => {
          world.operations += 1
          return world.fault
        },
      }),
      ...{ clock, random: seededRandom(1), deadlineMs: 250 },
      report: () => undefined,
      onRecovered: () => undefined,
    })
    const breaker = new FleetBreaker({
      ...{ store: health, clock, throttle: world.throttle },
      nameOf: async (name) => `hashed-${name}`,
    })
    void store.subscribe(
      (publication) => {
        if (publication.kind === 'circuit') breaker.hear(publication.name, publication.circuit)
      },
      () => undefined,
    )
    const refusal = (...names: string[]) => breaker.refusal(names, clock.monotonicMs())
    const open = (name: string) =>
      breaker.open(name, { code: 'client_refused', httpStatus: 401 }, clock.monotonicMs())
    return Object.assign(world, { breaker, refusal, open })
  }
  return { clock, store, process }
}

describe('the breaker of a fleet', () => {
  it('lets requests through while nothing is known', async () => {
    const { refusal } = breakers().process()
    assert.equal(await refusal('a', 'b'), undefined)
  })

  it('holds back all processes after one was refused, those that start later as well [C7]', async () => {
    const { clock, process } = breakers()
    const [one, other] = [process(), process()]
    assert.equal((await one.open('a')).retryAfterMs, 30_000)
    await clock.advance(10_000)
    const late = process()
    for (const each of [one, other, late]) {
      const refusal = await each.refusal('a', 'b')
      assert.deepEqual(refusal && [refusal.code, refusal.retryAfterMs, refusal.asked], [
        'client_refused',
        20_000,
        false,
      ])
    }
  })

  it('asks the store nothing about a circuit that it knows', async () => {
    const { process } = breakers()
    const one = process()
    await one.open('a')
    const before = one.operations
    await one.refusal('a')
    assert.equal(one.operations, before)
  })

  it('lets one probe of the whole fleet through per pause, and the pauses grow [C7]', async () => {
    const { clock, process } = breakers()
    const fleet = Array.from({ length: 8 }, process)
    await fleet[0]?.open('a')
    let probes = 0
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000)
      for (const each of fleet) {
        if ((await each.refusal('a')) !== undefined) continue
        probes += 1
        await each.open('a')
      }
    }
    assert.equal(probes, 1)
    await clock.advance(30_000)
    const answers = await Promise.all(fleet.map((each) => each.refusal('a')))
    assert.equal(answers.filter((answer) => answer === undefined).length, 1)
  })

  it('opens for everybody when the probe succeeded', async () => {
    const { clock, process } = breakers()
    const [one, other] = [process(), process()]
    await one.open('a')
    await clock.advance(30_000)
    assert.equal(await other.refusal('a'), undefined)
    assert.notEqual(await one.refusal('a'), undefined)
    assert.equal(await other.breaker.close('a'), true)
    await clock.advance(0)
    assert.equal(await one.refusal('a'), undefined)
    assert.equal(await process().refusal('a'), undefined)
  })

  it('closes nothing that was not open, and asks nobody', async () => {
    const one = breakers().process()
    assert.equal(await one.breaker.close('a'), false)
    assert.equal(one.operations, 0)
  })

  it('knows a changed credential by another name [C7]', async () => {
    const one = breakers().process()
    await one.open('a')
    assert.equal(await one.refusal('changed'), undefined)
  })

  it('goes on with what it knows while the store is away', async () => {
    const { clock, process } = breakers()
    const [one, other] = [process(), process()]
    await one.open('a')
    await clock.advance(0)
    other.fault = 'fail'
    assert.equal((await other.refusal('a'))?.code, 'client_refused')
    await clock.advance(30_000)
    assert.equal(await other.refusal('a'), undefined)
    assert.equal((await other.open('a')).retryAfterMs, 60_000)
  })

  it('asks again after a gap, in which a circuit may have been closed', async () => {
    const { clock, process } = breakers()
    const one = process()
    await one.open('a')
    one.breaker.hearGap()
    assert.equal((await one.refusal('a'))?.retryAfterMs, 30_000)
    await clock.advance(0)
  })

  it('takes no notice of a code that is none', async () => {
    const { store, process } = breakers()
    await store.openCircuit('hashed-a', 'constructor', 30_000, 60_000)
    assert.equal(await process().refusal('a'), undefined)
  })

  it('spreads the pause that the server asked for, to processes that start later as well [C7]', async () => {
    const { clock, process } = breakers()
    const [one, other] = [process(), process()]
    await other.refusal('a')
    await one.breaker.pause({ code: 'rate_limited', retryAfterMs: 20_000 }, 20_000)
    await clock.advance(5_000)
    assert.equal(other.throttle.untilMonotonicMs, clock.monotonicMs() + 15_000)
    const late = process()
    const refusal = await late.refusal('a')
    assert.deepEqual(refusal, { code: 'rate_limited', retryAfterMs: 15_000, asked: false })
    assert.equal(late.throttle.untilMonotonicMs, clock.monotonicMs() + 15_000)
  })

  it('lets everybody through when that pause is over: it needs no probe', async () => {
    const { clock, process } = breakers()
    await process().breaker.pause({ code: 'rate_limited', retryAfterMs: 20_000 }, 20_000)
    await clock.advance(20_000)
    const answers = await Promise.all([process(), process()].map((each) => each.refusal('a')))
    assert.deepEqual(answers, [undefined, undefined])
  })
})
