import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entryName, renew, startAll } from './fleet-course.ts'
import { fleetWorld, type Worker } from './fleet-world.ts'

const fingerprintOf = async (worker: Worker) => (await worker.token()).fingerprint

describe('a fleet', () => {
  it('asks for one token however many processes want it at once [C4]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const workers = Array.from({ length: 16 }, () => worker())
    const tokens = Promise.all(workers.flatMap((each) => [each.token(), each.token()]))
    await clock.advance(1_000)
    const fingerprints = new Set((await tokens).map(({ fingerprint }) => fingerprint))
    assert.equal(fingerprints.size, 1)
    assert.equal(issuer.requestCount, 1)
  })

  it('gives a process that starts later the token at the cost of one look [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const first = worker()
    const token = first.token()
    await clock.advance(1_000)
    const late = worker()
    assert.equal((await late.token()).fingerprint, (await token).fingerprint)
    assert.deepEqual(late.operations, ['read'])
    assert.equal(issuer.requestCount, 1)
    assert.deepEqual(late.events.at(0), {
      type: 'token_adopted',
      request: { scope: 'applications:write decisions:read', resources: [], audience: undefined },
      fingerprint: (await token).fingerprint,
      remainingSeconds: 3_599.1,
    })
  })

  it('renews once for all, before any caller waits, and pushes the token to the others [C3, C4, C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const workers = Array.from({ length: 8 }, () => worker())
    await startAll(workers, clock)
    const operationsBefore = workers.map(({ operations }) => operations.length)
    // From the beginning of the renewal window to its end, in which each has an instant of its own.
    for (let minute = 0; minute < 52; minute += 1) {
      for (const each of workers) assert.notEqual(each.source.currentToken(), undefined)
      await clock.advance(60_000)
    }
    assert.equal(issuer.requestCount, 2)
    assert.equal(new Set(workers.map((each) => each.source.currentToken()?.fingerprint)).size, 1)
    const operations = workers.flatMap((each, at) => each.operations.slice(operationsBefore[at]))
    // A lease and a write; another process may have been about to do the same.
    assert.deepEqual(
      operations.filter((operation) => operation !== 'acquire'),
      ['write'],
    )
    assert(operations.length <= 6, operations.join())
  })

  it('asks the store nothing while tokens are good [C8]', async () => {
    const { clock, worker } = fleetWorld()
    const workers = [worker(), worker()]
    await startAll(workers, clock)
    const before = workers.map(({ operations }) => operations.length)
    for (let call = 0; call < 100; call += 1) await Promise.all(workers.map((each) => each.token()))
    assert.deepEqual(
      workers.map(({ operations }) => operations.length),
      before,
    )
  })

  it('draws the renewal instant of a shared token anew in each process [C3]', async () => {
    const { clock, worker } = fleetWorld()
    const instants = new Set<number>()
    for (let started = 0; started < 4; started += 1) {
      const obtaining = worker().obtain()
      await clock.advance(200)
      const obtained = await obtaining
      assert(obtained.ok)
      instants.add(obtained.granted.schedule.renewAtMonotonicMs)
    }
    assert.equal(instants.size, 4)
  })

  it('draws it once in each process, however often that meets the token', async () => {
    const { clock, worker } = fleetWorld()
    await startAll([worker()], clock)
    const late = worker()
    const [first, second] = [await late.obtain(), await late.obtain()]
    assert(first.ok && second.ok)
    assert.equal(
      first.granted.schedule.renewAtMonotonicMs,
      second.granted.schedule.renewAtMonotonicMs,
    )
  })

  it('counts a shared token from before the store was asked: a slow answer makes it older [C2]', async () => {
    const { clock, worker } = fleetWorld()
    const first = worker().obtain()
    await clock.advance(100)
    const granted = await first
    const slow = worker({ faults: { operation: () => ({ delayMs: 200 }) } }).obtain()
    await clock.advance(200)
    const adopted = await slow
    assert(granted.ok && adopted.ok)
    // It took effect after 200 ms and was told what was left then; the process cannot know when that was.
    assert.equal(granted.granted.arrivedAtMonotonicMs - adopted.granted.arrivedAtMonotonicMs, 200)
  })

  it('asks for a new token when the shared one lives too short for the errand', async () => {
    const { clock, issuer, worker } = fleetWorld()
    await startAll([worker()], clock)
    await clock.advance(600_000)
    const demanding = worker()
    const obtaining = demanding.obtain({ minTtlSeconds: 3_300 })
    await clock.advance(200)
    const obtained = await obtaining
    assert(obtained.ok)
    assert.equal(issuer.requestCount, 2)
  })

  it('does not take the token that it wants something better than', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const first = worker()
    await startAll([first], clock)
    const obtaining = first.obtain({ trigger: 'due', knownFingerprint: await fingerprintOf(first) })
    await clock.advance(200)
    assert((await obtaining).ok)
    assert.equal(issuer.requestCount, 2)
  })

  it('keeps a token that was granted for less out of the store [C1]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.scope = 'decisions:read'
    const one = worker({ acceptsNarrowedScope: true })
    await startAll([one], clock)
    assert(!one.operations.includes('write'))
    const other = worker({ acceptsNarrowedScope: true })
    await startAll([other], clock)
    assert.equal(issuer.requestCount, 2)
  })

  it('gives up its lease when all callers are gone', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 60_000
    const impatient = worker()
    const controller = new AbortController()
    const obtaining = impatient.obtain({}, controller.signal).catch((error: unknown) => error)
    await clock.advance(100)
    controller.abort('enough')
    assert.equal(await obtaining, 'enough')
    issuer.latencyMs = 100
    const next = worker().token()
    await clock.advance(200)
    await next
    assert.equal(issuer.requestCount, 2)
  })

  it('asks for no token when all callers are gone before it has the lease', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const slow = worker({ faults: { operation: () => ({ delayMs: 100 }) } })
    const controller = new AbortController()
    const obtaining = slow.obtain({}, controller.signal).catch((error: unknown) => error)
    await clock.advance(150)
    controller.abort('enough')
    await clock.advance(500)
    assert.equal(await obtaining, 'enough')
    assert.equal(issuer.requestCount, 0)
  })

  it('lets go of a caller that waits for another process as soon as it aborts [C5]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 5_000
    const holder = worker().token()
    await clock.advance(10)
    const controller = new AbortController()
    const waiting = worker()
      .obtain({}, controller.signal)
      .catch((error: unknown) => error)
    await clock.advance(100)
    controller.abort('enough')
    assert.equal(await waiting, 'enough')
    await clock.advance(5_000)
    await holder
    assert.equal(issuer.requestCount, 1)
  })

  it('leaves neither lease nor subscription nor timer behind [C15]', async () => {
    const { clock, store, issuer, worker } = fleetWorld()
    issuer.latencyMs = 5_000
    const leaving = worker()
    const controller = new AbortController()
    const obtaining = leaving.obtain({}, controller.signal).catch(() => undefined)
    await clock.advance(100)
    controller.abort()
    await leaving.member.leave()
    await leaving.member.leave()
    await obtaining
    assert.equal(clock.pendingCount, 0)
    assert.equal((await store.read(entryName)).leaseRemainingMs, 0)
    await store.retire(entryName, 'f', 1_000)
    await clock.advance(0)
    assert.equal(leaving.count('token_retired'), 0)
  })

  it('leaves no probe behind while the store is away [C15]', async () => {
    const { clock, worker } = fleetWorld()
    const leaving = worker({ faults: { operation: () => 'fail' } })
    await startAll([leaving], clock)
    assert.equal(clock.pendingCount, 1)
    await leaving.member.leave()
    assert.equal(clock.pendingCount, 0)
  })

  it('does not hear of a key that it has stopped to follow', async () => {
    const { clock, worker } = fleetWorld()
    const [one, other] = [worker(), worker()]
    await startAll([one, other], clock)
    one.key.stop()
    await clock.advance(0)
    await renew(other, clock)
    assert.equal(one.count('token_adopted') + one.count('token_obtained'), 1)
  })

  it('forgets for all processes [C8]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const [one, other] = [worker(), worker()]
    await startAll([one, other], clock)
    const forgotten = await fingerprintOf(one)
    one.source.forget()
    one.member.forget()
    await clock.advance(0)
    assert.equal(other.source.currentToken(), undefined)
    await startAll([one, other], clock)
    assert.notEqual(await fingerprintOf(one), forgotten)
    assert.equal(await fingerprintOf(one), await fingerprintOf(other))
    assert.equal(issuer.requestCount, 2)
  })
})
