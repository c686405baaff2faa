import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entryName, renew, startAll } from './fleet-course.ts'
import { fleetWorld } from './fleet-world.ts'

describe('a store that lost everything', () => {
  it('costs nobody with a valid token anything, and the fleet one request for the next [C8]', async () => {
    const { clock, issuer, store, worker } = fleetWorld()
    const workers = [worker(), worker(), worker()]
    await startAll(workers, clock)
    store.wipe()
    for (let minute = 0; minute < 52; minute += 1) {
      for (const each of workers) assert.notEqual(each.source.currentToken(), undefined)
      await clock.advance(60_000)
    }
    assert.equal(issuer.requestCount, 2)
  })

  it('goes on counting generations where its processes remember them [C9]', async () => {
    const { clock, store, worker } = fleetWorld()
    const [one, other] = [worker(), worker()]
    await startAll([one, other], clock)
    await renew(one, clock)
    assert.equal((await store.read(entryName)).generation, 2)
    store.wipe()
    await renew(one, clock)
    assert.equal((await store.read(entryName)).generation, 3)
    assert.equal(other.source.currentToken()?.fingerprint, one.source.currentToken()?.fingerprint)
  })

  it('has its generations remembered by whoever wrote them, heard or not [C9]', async () => {
    const { clock, store, worker } = fleetWorld()
    const deaf = worker({ faults: { publication: () => 'drop' } })
    await startAll([deaf], clock)
    store.wipe()
    await renew(deaf, clock)
    assert.equal((await store.read(entryName)).generation, 2)
  })

  it('has its first entry by a new process replaced by those who remember more [C9]', async () => {
    const { clock, issuer, store, worker } = fleetWorld()
    const old = worker()
    await startAll([old], clock)
    await renew(old, clock)
    store.wipe()
    await startAll([worker()], clock)
    assert.equal((await store.read(entryName)).generation, 1)
    await renew(old, clock)
    assert.equal(old.count('shared_entry_refused'), 1)
    assert.equal((await store.read(entryName)).generation, 3)
    assert.equal(issuer.requestCount, 4)
  })
})
