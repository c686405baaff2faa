import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FakeClock } from '@mintmark/testkit'
import { entryName, renew, startAll } from './fleet-course.ts'
import { fleetWorld, type Worker } from './fleet-world.ts'

describe('a token that a resource server refused', () => {
  it('is retired in every process, and replaced by one request [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const workers = Array.from({ length: 8 }, () => worker())
    const refused = await sharedBy(workers, clock)
    workers[0]?.source.invalidate(refused)
    await clock.advance(0)
    for (const each of workers) assert.equal(each.source.currentToken(), undefined)
    const next = await sharedBy(workers, clock)
    assert.notEqual(next, refused)
    assert.equal(issuer.requestCount, 2)
    for (const each of workers.slice(1)) assert.equal(each.count('token_retired'), 1)
  })

  it('is replaced by one request when all processes learn of it at the same time [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const workers = Array.from({ length: 8 }, () => worker())
    const refused = await sharedBy(workers, clock)
    for (const each of workers) each.source.invalidate(refused)
    await sharedBy(workers, clock)
    assert.equal(issuer.requestCount, 2)
  })

  it('leaves its replacement on trial in every process, whoever asked for it [C6]', async () => {
    const { clock, worker } = fleetWorld()
    const workers = [worker(), worker(), worker()]
    const refused = await sharedBy(workers, clock)
    for (const each of workers) each.source.invalidate(refused)
    const next = await sharedBy(workers, clock)
    for (const each of workers) {
      assert.notEqual(each.source.refused(next).replacedAgoMs, undefined)
    }
  })

  it('is not taken from the store by a process that starts later [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const one = worker()
    const refused = await sharedBy([one], clock)
    one.source.invalidate(refused)
    await clock.advance(0)
    one.crash()
    const late = worker()
    assert.notEqual(await sharedBy([late], clock), refused)
    assert.equal(issuer.requestCount, 2)
  })

  it('is a matter of the past once it was replaced: another refusal of it changes nothing [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const [one, other] = [worker(), worker()]
    const refused = await sharedBy([one, other], clock)
    one.source.invalidate(refused)
    await clock.advance(0)
    const next = await sharedBy([one, other], clock)
    other.key.refused({ fingerprint: refused, remainingMs: 3_000_000 })
    await clock.advance(0)
    for (const each of [one, other]) {
      assert.equal(each.source.currentToken()?.fingerprint, next)
      assert.equal(each.count('token_retired'), each === other ? 1 : 0)
    }
    assert.equal(issuer.requestCount, 2)
  })

  it('is not taken back from a publication that comes late', async () => {
    const { clock, worker } = fleetWorld()
    let delayMs = 0
    const one = worker()
    const slow = worker({
      faults: {
        publication: ({ kind }) => (kind === 'written' ? { delayMs } : undefined),
      },
    })
    await sharedBy([one, slow], clock)
    delayMs = 5_000
    await renew(one, clock)
    const refused = one.source.currentToken()?.fingerprint ?? ''
    one.source.invalidate(refused)
    await clock.advance(10_000)
    assert.notEqual(slow.source.currentToken()?.fingerprint, refused)
  })

  it('is tombstoned until others, with margins of their own, have stopped using it', async () => {
    const { clock, store, worker } = fleetWorld()
    const one = worker()
    const refused = await sharedBy([one], clock)
    one.source.invalidate(refused)
    await clock.advance(3_590_000)
    assert.deepEqual((await store.read(entryName)).tombstones, [refused])
    await clock.advance(30_000)
    assert.deepEqual((await store.read(entryName)).tombstones, [])
  })

  it('costs nothing when the refusal was heard after the token was replaced by a push', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const [one, other] = [worker(), worker()]
    const first = await sharedBy([one, other], clock)
    await renew(one, clock)
    other.source.invalidate(first)
    await clock.advance(0)
    assert(other.source.isReady)
    assert.equal(issuer.requestCount, 2)
  })
})

/** The one token that all processes have after they started. */
async function sharedBy(workers: readonly Worker[], clock: FakeClock): Promise<string> {
  const fingerprints = new Set(await startAll(workers, clock))
  assert.equal(fingerprints.size, 1)
  return [...fingerprints].join()
}
