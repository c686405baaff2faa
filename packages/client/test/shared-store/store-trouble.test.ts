import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { disturbed, entryName, startAll, timed } from './fleet-course.ts'
import { fleetWorld } from './fleet-world.ts'

describe('a store that is down', () => {
  it('costs nobody a call: each process asks for itself, once [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const workers = Array.from({ length: 4 }, () => worker({ faults: { operation: () => 'fail' } }))
    const tokens = Promise.all(workers.flatMap((each) => [each.token(), each.token()]))
    await clock.advance(150)
    assert.equal(new Set((await tokens).map(({ fingerprint }) => fingerprint)).size, 4)
    assert.equal(issuer.requestCount, 4)
    for (const each of workers) assert.equal(each.count('store_unavailable'), 1)
  })

  it('leaves valid tokens in use, and their renewal to each process [C3, C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const members = Array.from({ length: 3 }, () => disturbed(worker))
    await startAll(
      members.map((member) => member.worker),
      clock,
    )
    for (const { trouble } of members) {
      trouble.operation = 'fail'
      trouble.publication = 'drop'
    }
    for (let minute = 0; minute < 90; minute += 1) {
      for (const member of members) {
        assert.notEqual(member.worker.source.currentToken(), undefined)
      }
      await clock.advance(60_000)
    }
    assert(issuer.requestCount <= 1 + 3 * 2, String(issuer.requestCount))
  })

  it('gets the token of a process that went on without it when it is back [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const { trouble, worker: cut } = disturbed(worker)
    trouble.operation = 'fail'
    await startAll([cut], clock)
    trouble.operation = undefined
    await clock.advance(10_000)
    assert.equal(cut.count('store_recovered'), 1)
    const late = worker()
    await startAll([late], clock)
    assert.equal(late.source.currentToken()?.fingerprint, cut.source.currentToken()?.fingerprint)
    assert.equal(issuer.requestCount, 1)
  })

  it('is not given an older token in place of a good one when it is back', async () => {
    const { clock, issuer, store, worker } = fleetWorld()
    const { trouble, worker: cut } = disturbed(worker)
    trouble.operation = 'fail'
    await startAll([cut], clock)
    await startAll([worker()], clock)
    trouble.operation = undefined
    await clock.advance(10_000)
    assert.equal((await store.read(entryName)).generation, 1)
    assert.equal(issuer.requestCount, 2)
    // The newer one was pushed to both of them.
    assert.equal(cut.count('token_adopted'), 1)
  })

  it('has a better token for a process that went on without it', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const { trouble, worker: cut } = disturbed(worker)
    trouble.operation = 'fail'
    trouble.publication = 'drop'
    await startAll([cut], clock)
    const other = worker()
    await startAll([other], clock)
    trouble.operation = undefined
    await clock.advance(10_000)
    assert.equal(cut.source.currentToken()?.fingerprint, other.source.currentToken()?.fingerprint)
    assert.equal(issuer.requestCount, 2)
  })

  it('is no reason to fail when the token of another process comes in meanwhile', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 1_000
    issuer.fail({ code: 'server_unavailable' })
    const { trouble, worker: cut } = disturbed(worker)
    trouble.operation = 'fail'
    const token = cut.token()
    await clock.advance(500)
    issuer.latencyMs = 100
    const other = worker().token()
    await clock.advance(2_000)
    assert.equal((await token).fingerprint, (await other).fingerprint)
  })

  it('hears of a token that was refused meanwhile when it is back [C8]', async () => {
    const { clock, store, worker } = fleetWorld()
    const { trouble, worker: cut } = disturbed(worker)
    await startAll([cut], clock)
    const refused = cut.source.currentToken()?.fingerprint ?? ''
    trouble.operation = 'fail'
    cut.source.invalidate(refused)
    await clock.advance(0)
    assert.deepEqual((await store.read(entryName)).tombstones, [])
    trouble.operation = undefined
    await clock.advance(10_000)
    assert.deepEqual((await store.read(entryName)).tombstones, [refused])
  })

  it('goes down between a lease and a write without harm', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const { trouble, worker: cut } = disturbed(worker)
    const token = cut.token()
    await clock.advance(50)
    trouble.operation = 'fail'
    await clock.advance(100)
    await token
    trouble.operation = undefined
    await clock.advance(10_000)
    await startAll([worker()], clock)
    assert.equal(issuer.requestCount, 1)
  })

  it('goes down while others wait for the holder of a lease: they go on by themselves', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 8_000
    const holder = worker().token()
    const { trouble, worker: waiting } = disturbed(worker)
    const token = waiting.token()
    await clock.advance(100)
    trouble.operation = 'fail'
    trouble.publication = 'drop'
    issuer.latencyMs = 100
    await clock.advance(2_000)
    await token
    await clock.advance(8_000)
    await holder
    assert.equal(issuer.requestCount, 2)
  })
})

describe('a store that is slow', () => {
  it('costs a cold call its deadline once, and later calls nothing [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const slow = worker({ faults: { operation: () => ({ delayMs: 30_000 }) } })
    const first = timed(clock, slow.token())
    await clock.advance(1_000)
    assert.equal(await first, 250 + 10 + issuer.latencyMs)
    slow.source.forget()
    slow.member.forget()
    const second = timed(clock, slow.token())
    await clock.advance(1_000)
    assert.equal(await second, issuer.latencyMs)
  })

  it('is used as long as it is not too slow', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const faults = { operation: () => ({ delayMs: 100 }) }
    await startAll([worker({ faults }), worker({ faults }), worker({ faults })], clock)
    assert.equal(issuer.requestCount, 1)
  })
})

describe('a store that comes and goes', () => {
  it('fails no call, and costs a request per process and outage at most [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.lifetimeSeconds = 60
    const members = Array.from({ length: 4 }, () => disturbed(worker))
    const calls: Promise<unknown>[] = []
    for (let second = 0; second < 600; second += 1) {
      const isDown = second % 20 >= 10
      for (const { trouble } of members) {
        trouble.operation = isDown ? 'fail' : undefined
        trouble.publication = isDown ? 'drop' : undefined
      }
      calls.push(...members.map((member) => member.worker.token()))
      await clock.advance(1_000)
    }
    await clock.advance(5_000)
    await Promise.all(calls)
    // Ten lifetimes of 42 s or more, and four processes that may each meet an outage in all of them.
    assert(issuer.requestCount <= (600 / 42) * 4, String(issuer.requestCount))
  })
})
