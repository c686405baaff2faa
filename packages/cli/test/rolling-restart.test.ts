import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { joinDisciplines, sumOfReports } from '@mintmark/authorization-server'
import { eventLoopTurns } from '@mintmark/testkit'
import { workerPauseMsMax, workerStopMsMax } from '../src/limits.ts'
import { ended, failed, report, supervised } from './supervised.ts'

describe('the supervisor, replacing workers', () => {
  it('stops one only when another is ready, and the next only when that one is gone [A12]', async () => {
    const { supervisor, started, getReady, run } = supervised(2)
    await run()
    const restarted = supervisor.restart(5)
    await eventLoopTurns(2)
    const [one, other] = started
    assert.equal(started.length, 3)
    assert.equal(one?.isAskedToStop, false)
    await getReady()
    assert.deepEqual(one?.heard.at(-1), { type: 'stop', drainDelayMs: 5 })
    assert.deepEqual([started.length, other?.isAskedToStop], [3, false])
    await ended(one)
    await getReady()
    await ended(other)
    await restarted
    assert.equal(started.length, 4)
  })

  it('stops at the first that cannot start, and tells why [A12]', async () => {
    const { supervisor, started, notices, run } = supervised(2)
    await run()
    const restarted = supervisor.restart(5)
    await eventLoopTurns(2)
    started[2]?.tell({ type: 'started' })
    started[2]?.tell(failed)
    await ended(started[2])
    await restarted
    assert.equal(started.length, 3)
    assert.ok(started.slice(0, 2).every(({ isAskedToStop }) => !isAskedToStop))
    assert.match(notices.at(-1) ?? '', /the ones before it stay: taken/)
  })

  it('runs once more when asked meanwhile, however often', async () => {
    const { supervisor, started, getReady, run } = supervised(1)
    await run()
    void supervisor.restart(5)
    await eventLoopTurns(2)
    for (let times = 0; times < 3; times += 1) void supervisor.restart(5)
    for (let count = 2; count <= 3; count += 1) {
      assert.equal(started.length, count)
      await getReady()
      await ended(started[count - 2])
      await eventLoopTurns(2)
    }
    assert.equal(started.length, 3)
  })

  it('starts nothing more once it stops', async () => {
    const { supervisor, clock, started, run } = supervised(2)
    await run()
    void supervisor.restart(5)
    await eventLoopTurns(2)
    const stopped = supervisor.stop(5)
    for (const process of [...started]) await ended(process)
    await stopped
    await clock.advance(10 * workerPauseMsMax)
    assert.equal(started.length, 3)
  })

  it('kills a worker that does not stop in its time', async () => {
    const { supervisor, clock, started, run } = supervised(1)
    await run()
    const stopped = supervisor.stop(1_000)
    await clock.advance(1_000 + workerStopMsMax - 1)
    assert.equal(started[0]?.wasKilled, false)
    await clock.advance(1)
    await stopped
    assert.equal(started[0]?.wasKilled, true)
  })
})

describe('the supervisor, adding up', () => {
  it('counts what workers did that are gone [A12]', async () => {
    const { supervisor, clock, started, getReady, run } = supervised(2)
    await run()
    started[0]?.tell({ type: 'report', id: 0, ...report(10) })
    await ended(started[0])
    await clock.advance(1_000)
    await getReady()
    const node = supervisor.report(9)
    for (const [at, process] of [started[1], started[2]].entries()) {
      const asked = process?.heard.find((message) => message.type === 'report_wanted')
      assert(asked?.type === 'report_wanted')
      process?.tell({ type: 'report', id: asked.id, ...report(at + 1) })
    }
    const { running, disciplines, ended: gone, isServing } = await node
    assert.equal(joinDisciplines(disciplines, 9)[0]?.tokensIssued, 3)
    const sum = sumOfReports(running, gone)
    assert.deepEqual([sum.tokensIssued, sum.registry.sequence, isServing], [13, 7, true])
  })

  it('takes the last report of a worker that is too busy, and does not wait for one that ends', async () => {
    const { supervisor, clock, started, run } = supervised(2)
    await run()
    started[0]?.tell({ type: 'report', id: 0, ...report(5) })
    const node = supervisor.report(9)
    await ended(started[1])
    await clock.advance(2_000)
    assert.deepEqual(
      (await node).running.map(({ tokensIssued }) => tokensIssued),
      [5],
    )
  })
})
