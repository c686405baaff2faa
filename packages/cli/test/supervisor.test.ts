import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  workerMatureMs,
  workerPauseMsMax,
  workerStartMsMax,
  workerYoungEndsMax,
} from '../src/limits.ts'
import { ended, failed, supervised } from './supervised.ts'

describe('the supervisor, at the start', () => {
  it('starts one worker first and the others when that is ready [A12]', async () => {
    const { supervisor, started, getReady } = supervised(3, 2)
    const all = supervisor.start()
    assert.equal(started.length, 1)
    await getReady()
    assert.equal(started.length, 4)
    await getReady(3)
    assert.equal((await all).issuer, 'http://127.0.0.1:1')
    const roles = started.map(({ role }) => role).toSorted()
    assert.deepEqual(roles, ['administration', 'serving', 'serving', 'serving'])
  })

  it('tells a worker what to be once that listens, and its issuer to the later ones', async () => {
    const { started, run } = supervised(2)
    await run()
    const assignments = started.flatMap(({ heard }) =>
      heard.flatMap((message) => (message.type === 'start' ? [message.assignment] : [])),
    )
    const common = { role: 'serving', workerCount: 2, port: 1 }
    assert.deepEqual(assignments, [
      { ...common, number: 1 },
      { ...common, number: 2, issuer: 'http://127.0.0.1:1' },
    ])
  })

  it('fails with what a worker says that cannot start, and leaves none running', async () => {
    const { supervisor, started, getReady } = supervised(2)
    const failure = assert.rejects(supervisor.start(), { code: 'port_in_use', message: 'taken' })
    await getReady()
    started[1]?.tell({ type: 'started' })
    started[1]?.tell(failed)
    await ended(started[1])
    assert.ok(started[0]?.isAskedToStop)
    await ended(started[0])
    await failure
    assert.equal(started.length, 2)
  })

  it('does not wait for ever for one that says nothing', async () => {
    const { supervisor, clock, started } = supervised(1)
    const all = supervisor.start()
    const failure = assert.rejects(all, { code: 'worker_too_slow' })
    await clock.advance(workerStartMsMax)
    await failure
    assert.ok(started[0]?.wasKilled)
  })
})

describe('the supervisor, while workers end', () => {
  it('starts another after pauses that double, up to a bound [A12]', async () => {
    const { clock, started, notices, getReady, run } = supervised(2)
    await run()
    let [pauseMs, last] = [0, started[0]]
    for (let count = 3; count < 15; count += 1) {
      await ended(last)
      const before = clock.monotonicMs()
      while (started.length < count) await clock.advance(100)
      const waited = clock.monotonicMs() - before
      assert.ok(waited >= Math.min(2 * pauseMs, workerPauseMsMax) && waited <= workerPauseMsMax)
      pauseMs = waited
      last = started.at(-1)
      await getReady()
    }
    assert.equal(pauseMs, workerPauseMsMax)
    assert.match(notices[0] ?? '', /^worker 1 has ended/)
  })

  it('takes an end after a while for an accident', async () => {
    const { clock, started, getReady, run } = supervised(1)
    await run()
    for (let count = 2; count < 2 * workerYoungEndsMax; count += 1) {
      await clock.advance(workerMatureMs)
      await ended(started.at(-1))
      await clock.advance(200)
      assert.equal(started.length, count)
      await getReady()
    }
  })

  it('gives up when none is left and so many in a row ended young [A12]', async () => {
    const { supervisor, clock, started, notices, run } = supervised(1)
    await run()
    await ended(started[0])
    for (let count = 2; count <= workerYoungEndsMax; count += 1) {
      while (started.length < count) await clock.advance(100)
      started.at(-1)?.tell({ type: 'started' })
      started.at(-1)?.tell(failed)
      await ended(started.at(-1))
    }
    await assert.rejects(supervisor.givenUp, { code: 'workers_keep_ending' })
    assert.match(notices.at(-1) ?? '', /cannot start: taken/)
  })

  it('never gives up while one of them serves [A12]', async () => {
    const { supervisor, clock, started, run } = supervised(2)
    await run()
    let hasGivenUp = false
    supervisor.givenUp.catch(() => {
      hasGivenUp = true
    })
    await ended(started[0])
    for (let count = 3; count < 4 * workerYoungEndsMax; count += 1) {
      while (started.length < count) await clock.advance(1_000)
      await ended(started.at(-1))
    }
    assert.equal(hasGivenUp, false)
  })
})
