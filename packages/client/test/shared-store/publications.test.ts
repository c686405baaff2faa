import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sleep } from '@mintmark/runtime'
import { type OperationFault, type StoreOperation, transparentSealing } from '@mintmark/testkit'
import { entryName, renew, startAll, timed } from './fleet-course.ts'
import { fleetWorld } from './fleet-world.ts'

describe('publications', () => {
  it('that are lost delay those who wait, no more [C4]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 500
    const deaf = Array.from({ length: 4 }, () => worker({ faults: { publication: () => 'drop' } }))
    const tokens = Promise.all(deaf.map((each) => timed(clock, each.token())))
    await clock.advance(3_000)
    for (const waitedMs of await tokens) assert(waitedMs <= 500 + 1_500 + 50, String(waitedMs))
    assert.equal(issuer.requestCount, 1)
  })

  it('that were made before a process listened do not keep it waiting', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const holder = worker().token()
    const beforeSubscription = () => sleep(clock, 200)
    const late = timed(clock, worker({ beforeSubscription }).token())
    await clock.advance(1_000)
    await holder
    assert((await late) <= 260, String(await late))
    assert.equal(issuer.requestCount, 1)
  })

  it('that cannot be heard at first are listened to later', async () => {
    const { clock, worker } = fleetWorld()
    let attempts = 0
    const one = worker({
      beforeSubscription: async () => {
        attempts += 1
        if (attempts === 1) throw new Error('not yet')
      },
    })
    const other = worker()
    await startAll([one, other], clock)
    await one.obtain()
    await renew(other, clock)
    assert.equal(one.source.currentToken()?.fingerprint, other.source.currentToken()?.fingerprint)
  })

  it('of the own tokens of a process are no news to it', async () => {
    const { clock, worker } = fleetWorld()
    const faults = {
      operation: (operation: StoreOperation): OperationFault =>
        operation === 'write' ? 'lose_answer' : undefined,
    }
    const one = worker({ faults })
    await startAll([one], clock)
    assert.equal(one.count('token_adopted'), 0)
  })

  it('that are opened out of order leave the newest', async () => {
    const { clock, worker } = fleetWorld()
    const sealing = transparentSealing()
    const other = worker({
      sealing: {
        ...sealing,
        open: async (name, generation, sealed) => {
          if (generation === 2) await sleep(clock, 5_000)
          return sealing.open(name, generation, sealed)
        },
      },
    })
    const one = worker()
    await startAll([one, other], clock)
    await renew(one, clock)
    await renew(one, clock)
    await clock.advance(10_000)
    assert.equal(other.count('token_adopted'), 2)
  })

  it('that come twice are heard once', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const one = worker()
    const other = worker({ faults: { publication: () => 'repeat' } })
    await startAll([one, other], clock)
    await renew(one, clock)
    assert.equal(other.count('token_adopted'), 2)
    assert.equal(issuer.requestCount, 2)
  })

  it('that come late do not bring an older token back', async () => {
    const { clock, worker } = fleetWorld()
    let delayMs = 0
    const one = worker()
    const other = worker({ faults: { publication: () => ({ delayMs }) } })
    await startAll([one, other], clock)
    delayMs = 10_000
    await renew(one, clock)
    delayMs = 0
    await renew(one, clock)
    const newest = one.source.currentToken()?.fingerprint
    assert.equal(other.source.currentToken()?.fingerprint, newest)
    await clock.advance(10_000)
    assert.equal(other.source.currentToken()?.fingerprint, newest)
  })

  it('that come late do not make a token live longer [C2]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.lifetimeSeconds = 60
    const one = worker()
    let delayMs = 0
    const other = worker({ faults: { publication: () => ({ delayMs }) } })
    await startAll([one, other], clock)
    delayMs = 40_000
    await renew(one, clock)
    const renewedAtMonotonicMs = clock.monotonicMs() - 100
    await clock.advance(39_900)
    for (let second = 0; second < 30; second += 1) {
      const hasToken = other.source.isReady
      if (hasToken) assert(clock.monotonicMs() < renewedAtMonotonicMs + 60_000)
      await clock.advance(1_000)
    }
  })

  it('that nobody can make sense of change nothing', async () => {
    const { clock, store, worker } = fleetWorld()
    const one = worker()
    await startAll([one], clock)
    const before = one.source.currentToken()?.fingerprint
    await store.write(entryName, {
      owner: 'somebody',
      generation: 1_000_000,
      sealed: 'forged',
      lifetimeMs: 3_600_000,
    })
    await clock.advance(0)
    assert.equal(one.source.currentToken()?.fingerprint, before)
    assert.deepEqual(one.events.at(-1)?.type, 'shared_entry_refused')
  })

  it('of other names are none of our business', async () => {
    const { clock, store, worker } = fleetWorld()
    const one = worker()
    await startAll([one], clock)
    const before = one.events.length
    await store.retire('entry:another', one.source.currentToken()?.fingerprint ?? '', 1_000)
    await clock.advance(0)
    assert.equal(one.events.length, before)
    assert(one.source.isReady)
  })
})

describe('clocks that disagree', () => {
  for (const wallAheadMs of [-600_000, -20_000, 20_000, 600_000]) {
    it(`by ${wallAheadMs / 1000} s do no more than renew early [C2]`, async () => {
      const { clock, issuer, worker } = fleetWorld()
      const workers = [worker(), worker({ wallAheadMs }), worker()]
      await startAll(workers, clock)
      assert.equal(issuer.requestCount, 1)
      const obtainedAtMonotonicMs = clock.monotonicMs() - 900
      await clock.advance(3_500_000)
      for (let second = 0; second < 200; second += 1) {
        const isPast = clock.monotonicMs() >= obtainedAtMonotonicMs + 3_600_000
        for (const each of workers) assert(!(isPast && each.source.isReady))
        await clock.advance(1_000)
      }
    })
  }
})
