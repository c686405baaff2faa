import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OperationFault, StoreOperation } from '@mintmark/testkit'
import { leaseMsMax } from '../../src/limits.ts'
import { entryName } from './fleet-course.ts'
import { fleetWorld, type Worker } from './fleet-world.ts'

/** The points between any two steps of the process that has the lease. */
const crashPoints: Readonly<Record<string, (worker: () => Worker) => CrashPoint>> = {
  'before it took the lease': (worker) => at('acquire', worker, 'hang'),
  'after it took the lease, before its request': (worker) => at('acquire', worker, 'lose_answer'),
  'in the middle of its request': () => ({ afterMs: 50 }),
  'after its request, before the write': (worker) => at('write', worker, 'hang'),
  'after the write, before it heard of it': (worker) => at('write', worker, 'lose_answer'),
}

interface CrashPoint {
  readonly operation?: (operation: StoreOperation) => OperationFault
  readonly afterMs?: number
}

function at(step: StoreOperation, worker: () => Worker, fault: OperationFault): CrashPoint {
  return {
    operation: (operation) => {
      if (operation !== step) return undefined
      worker().crash()
      return fault
    },
  }
}

describe('a process that dies', () => {
  for (const [point, crash] of Object.entries(crashPoints)) {
    it(`${point} costs the others one more request and one lease at most [C4]`, async () => {
      const { clock, issuer, worker } = fleetWorld()
      const { operation, afterMs } = crash(() => dying)
      const dying = worker({ faults: operation === undefined ? {} : { operation } })
      void dying.token().catch(() => undefined)
      await clock.advance(10)
      const others = Array.from({ length: 4 }, () => worker())
      const tokens = Promise.all(others.map((each) => each.token()))
      if (afterMs !== undefined) {
        await clock.advance(afterMs)
        dying.crash()
      }
      await clock.advance(leaseMsMax + 1_000)
      const fingerprints = new Set((await tokens).map(({ fingerprint }) => fingerprint))
      assert.equal(fingerprints.size, 1)
      assert(issuer.requestCount <= 2, String(issuer.requestCount))
    })
  }

  it('after the publication was made costs the others nothing', async () => {
    const { clock, issuer, worker } = fleetWorld()
    const dying = worker()
    const first = dying.token()
    const other = worker().token()
    await clock.advance(1_000)
    dying.crash()
    assert.equal((await other).fingerprint, (await first).fingerprint)
    assert.equal(issuer.requestCount, 1)
  })

  it('does not keep its lease alive', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 60_000
    const dying = worker()
    void dying.token().catch(() => undefined)
    await clock.advance(30_000)
    dying.crash()
    issuer.latencyMs = 100
    const token = worker().token()
    await clock.advance(leaseMsMax + 1_000)
    await token
    assert.equal(issuer.requestCount, 2)
  })
})

describe('a process that is slow', () => {
  it('keeps its lease while its request is under way, however long it takes', async () => {
    const { clock, issuer, worker } = fleetWorld()
    issuer.latencyMs = 9_000
    const tokens = Promise.all([worker().token(), worker().token()])
    await clock.advance(9_500)
    await tokens
    assert.equal(issuer.requestCount, 1)
  })

  it('is refused when it writes after another has: its own callers still get its token [C4]', async () => {
    const { clock, store, issuer, worker } = fleetWorld()
    issuer.latencyMs = 900
    const zombie = worker()
    const late = zombie.token()
    await clock.advance(100)
    // The lease is gone without a word, as after a failover to a replica that never heard of it.
    store.wipe()
    issuer.latencyMs = 100
    const taken = worker().token()
    await clock.advance(1_000)
    const token = await taken
    assert.notEqual((await late).fingerprint, token.fingerprint)
    assert.equal(zombie.count('late_write_refused'), 1)
    assert.equal((await store.read(entryName)).generation, 1)
    assert.equal((await worker().token()).fingerprint, token.fingerprint)
    assert.equal(issuer.requestCount, 2)
  })

  it('does not take a lease that it asked for too long ago', async () => {
    const { clock, store, worker } = fleetWorld()
    const slow = worker({
      faults: {
        operation: (operation) => (operation === 'acquire' ? { delayMs: 500 } : undefined),
      },
    })
    const token = slow.token()
    await clock.advance(2_000)
    await token
    assert.equal((await store.read(entryName)).leaseRemainingMs, 0)
  })
})
