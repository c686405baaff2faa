import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TokenAcquisitionError } from '../../src/token-acquisition-error.ts'
import { outcomeOf } from '../client-world.ts'
import { fleetWorld, type Worker } from './fleet-world.ts'

describe('a token request that fails', () => {
  for (const code of ['server_unavailable', 'timed_out', 'response_not_conforming'] as const) {
    it(`with ${code} fails for all who wait for it, and is not repeated by each [C4]`, async () => {
      const { clock, issuer, worker } = fleetWorld()
      issuer.fail({ code })
      const workers = Array.from({ length: 16 }, () => worker())
      const codes = await codesOf(workers, clock)
      assert.deepEqual(new Set(codes), new Set([code]))
      assert.equal(issuer.requestCount, 1)
    })
  }

  it('while the server is down is sent as often as one process would [C7]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.fail(...Array.from({ length: 1_000 }, () => ({ code: 'server_unavailable' }) as const))
    const workers = Array.from({ length: 8 }, () => worker())
    for (let second = 0; second < 60; second += 1) {
      for (const each of workers) void outcomeOf(each.token())
      await clock.advance(1_000)
    }
    // Pauses of 250 ms that double up to 5 s: 5 requests in the first 8 s, then one in 5 s.
    assert(issuer.requestCount <= 5 + 52 / 5, String(issuer.requestCount))
    assert(issuer.requestCount >= 5, String(issuer.requestCount))
  })

  it('begins with short pauses again after a success, whichever process had it', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 1
    const [one, other] = [worker({ faults: { publication: () => 'drop' } }), worker()]
    issuer.fail({ code: 'timed_out' }, { code: 'timed_out' }, { code: 'timed_out' })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await codesOf([one], clock)
      await clock.advance(2_000)
    }
    await codesOf([one, other], clock)
    for (const each of [one, other]) {
      issuer.fail({ code: 'timed_out' })
      const knownFingerprint = each.source.currentToken()?.fingerprint
      const renewal = each.obtain({ trigger: 'due', knownFingerprint })
      await clock.advance(10)
      await renewal
      const [held, free] = [each.obtain({ trigger: 'due', knownFingerprint }), clock.advance(250)]
      assert.equal((await held).ok, false)
      await free
      const next = each.obtain({ trigger: 'due', knownFingerprint })
      await clock.advance(10)
      assert.equal((await next).ok, true)
    }
  })

  it('because a connection broke is tried by the next process at once', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.fail({ code: 'network_failed' })
    const workers = [worker(), worker(), worker()]
    const codes = await codesOf(workers, clock)
    assert.deepEqual(codes, ['token', 'token', 'token'])
    assert.equal(issuer.requestCount, 2)
  })

  it('for good lets the next process try: it may have another credential [C7]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.fail({ code: 'client_refused', retryAfterMs: 30_000 })
    const [old, renewed] = [worker(), worker()]
    const codes = await codesOf([old, renewed], clock)
    assert.deepEqual(codes, ['client_refused', 'token'])
    assert.equal(issuer.requestCount, 2)
    // The one with the refused credential has a token nevertheless.
    assert(old.source.isReady)
  })

  it('for good costs the store a few operations per second, however often it is asked', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.fail(
      ...Array.from(
        { length: 1_000 },
        () => ({ code: 'client_refused', retryAfterMs: 30_000, asked: false }) as const,
      ),
    )
    const asking = worker()
    for (let call = 0; call < 1_000; call += 1) {
      void outcomeOf(asking.token())
      await clock.advance(10)
    }
    assert(asking.operations.length < 10 * 4 * 4, String(asking.operations.length))
  })

  it('for good is met by one process after the other, not by all of them each time [C7]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 1
    issuer.fail(...Array.from({ length: 16 }, () => ({ code: 'client_refused' }) as const))
    const workers = Array.from({ length: 16 }, () => worker())
    await codesOf(workers, clock)
    const acquired = workers.flatMap(({ operations }) =>
      operations.filter((operation) => operation === 'acquire'),
    )
    // Sixteen at first; then each a few times, where all would come back after each of them without a step back.
    assert(acquired.length < 16 * 4, String(acquired.length))
  })

  it('because the server asks for a pause makes all processes pause, for all their keys [C7]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.fail({ code: 'rate_limited', retryAfterMs: 20_000 })
    const workers = [worker(), worker(), worker()]
    for (const each of workers) {
      // Each has asked its breaker before, and so knows what the pause is called.
      await each.member.breaker.refusal([], clock.monotonicMs())
    }
    const codes = await codesOf(workers, clock)
    assert.deepEqual(new Set(codes), new Set(['rate_limited']))
    for (const each of workers) {
      assert(each.throttle.untilMonotonicMs > clock.monotonicMs() + 16_000)
    }
    assert.equal(issuer.requestCount, 1)
  })

  it('is held back no longer by a circuit that was closed while this process heard nothing', async () => {
    const { clock, store, worker } = fleetWorld()
    const one = worker()
    const deaf = worker({
      faults: { publication: ({ kind }) => (kind === 'circuit' ? 'drop' : undefined) },
    })
    await codesOf([one, deaf], clock)
    const now = (): number => clock.monotonicMs()
    await one.member.breaker.open('a', { code: 'client_refused' }, now())
    assert.notEqual(await deaf.member.breaker.refusal(['a'], now()), undefined)
    await one.member.breaker.close('a')
    assert.notEqual(await deaf.member.breaker.refusal(['a'], now()), undefined)
    store.interrupt()
    await clock.advance(0)
    assert.equal(await deaf.member.breaker.refusal(['a'], now()), undefined)
  })

  it('leaves the valid token of every process in use [C3]', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const workers = [worker(), worker(), worker()]
    await codesOf(workers, clock)
    issuer.fail(...Array.from({ length: 1_000 }, () => ({ code: 'server_unavailable' }) as const))
    for (let minute = 0; minute < 59; minute += 1) {
      for (const each of workers) assert.notEqual(each.source.currentToken(), undefined)
      await clock.advance(60_000)
    }
    assert(issuer.requestCount < 60, String(issuer.requestCount))
  })
})

/** What a call in each process comes to. */
async function codesOf(
  workers: readonly Worker[],
  clock: { advance(ms: number): Promise<void> },
): Promise<readonly string[]> {
  const outcomes = Promise.all(workers.map((each) => outcomeOf(each.token())))
  await clock.advance(3_000)
  return (await outcomes).map(({ error }) =>
    error instanceof TokenAcquisitionError ? error.code : 'token',
  )
}
