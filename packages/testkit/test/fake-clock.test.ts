import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvariantViolation, sleep } from '@mintmark/runtime'
import fc from 'fast-check'
import { eventLoopTurns, FakeClock, the } from '../src/index.ts'

/** Delays in the order of scheduling, how far time moves, and the delays whose tasks run, in the order of running. */
const schedules: readonly {
  title: string
  delays: readonly number[]
  advanceMs: number
  runs: readonly number[]
  left: number
}[] = [
  { title: 'nothing', delays: [], advanceMs: 10, runs: [], left: 0 },
  { title: 'a task due at once', delays: [0], advanceMs: 0, runs: [0], left: 0 },
  { title: 'a task one millisecond too late', delays: [11], advanceMs: 10, runs: [], left: 1 },
  { title: 'a task due at the very end', delays: [10], advanceMs: 10, runs: [10], left: 0 },
  { title: 'tasks against their order', delays: [9, 3, 6], advanceMs: 9, runs: [3, 6, 9], left: 0 },
  { title: 'some of the tasks', delays: [1, 30, 2], advanceMs: 5, runs: [1, 2], left: 1 },
  { title: 'fractions', delays: [0.75, 0.5], advanceMs: 0.6, runs: [0.5], left: 1 },
  { title: 'a delay without end', delays: [Infinity], advanceMs: 2 ** 31 - 2, runs: [], left: 1 },
  {
    title: 'a delay without end, cut to the longest timer',
    delays: [Infinity],
    advanceMs: 2 ** 31 - 1,
    runs: [Infinity],
    left: 0,
  },
]

describe('FakeClock', () => {
  for (const { title, delays, advanceMs, runs, left } of schedules) {
    it(`runs what falls due: ${title}`, async () => {
      const clock = new FakeClock()
      const ran: number[] = []
      for (const delay of delays) clock.schedule(delay, () => ran.push(delay))
      await clock.advance(advanceMs)
      assert.deepEqual(ran, runs)
      assert.equal(clock.pendingCount, left)
    })
  }

  it('starts at the instant that tests share, or at the one it is given', () => {
    assert.equal(new FakeClock().wallMs(), the.nowSeconds * 1000)
    assert.equal(new FakeClock({ wallMs: 5 }).wallMs(), 5)
  })

  it('shows each task its own instant on both clocks', async () => {
    const clock = new FakeClock({ wallMs: 1_000 })
    const start = clock.monotonicMs()
    const seen: [number, number][] = []
    for (const delay of [40, 10]) {
      clock.schedule(delay, () => seen.push([clock.wallMs(), clock.monotonicMs() - start]))
    }
    await clock.advance(100)
    assert.deepEqual(seen, [
      [1_010, 10],
      [1_040, 40],
    ])
    assert.equal(clock.wallMs(), 1_100)
    assert.equal(clock.monotonicMs() - start, 100)
  })

  it('runs tasks of one instant in the order in which they were scheduled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
        async (delays) => {
          const clock = new FakeClock()
          const ran: number[] = []
          for (const [place, delay] of delays.entries())
            clock.schedule(delay, () => ran.push(place))
          await clock.advance(3)
          const expected = [...delays.keys()].toSorted(
            (a, b) => (delays[a] ?? 0) - (delays[b] ?? 0) || a - b,
          )
          assert.deepEqual(ran, expected)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('runs a task that another task scheduled within the same advance, at its place', async () => {
    const clock = new FakeClock()
    const ran: string[] = []
    clock.schedule(10, () => {
      ran.push('first')
      clock.schedule(5, () => ran.push('nested'))
      clock.schedule(0, () => ran.push('at once'))
    })
    clock.schedule(20, () => ran.push('last'))
    await clock.advance(20)
    assert.deepEqual(ran, ['first', 'at once', 'nested', 'last'])
  })

  it('lets a long promise chain settle before time moves on', async () => {
    const clock = new FakeClock()
    const start = clock.monotonicMs()
    let settledAt = -1
    const chain = async (): Promise<void> => {
      await sleep(clock, 10)
      for (let link = 0; link < 1_000; link += 1) await undefined
      settledAt = clock.monotonicMs() - start
    }
    const done = chain()
    clock.schedule(11, () => undefined)
    await clock.advance(50)
    await done
    assert.equal(settledAt, 10)
  })

  for (const turns of [1, 2, 5, 8]) {
    it(`lets a continuation that waits for ${turns} turns of the event loop settle first`, async () => {
      const clock = new FakeClock()
      const start = clock.monotonicMs()
      const instants: number[] = []
      const work = async (): Promise<void> => {
        for (const round of [1, 2, 3]) {
          await eventLoopTurns(turns)
          instants.push(clock.monotonicMs() - start)
          await sleep(clock, 10 * round)
        }
      }
      const done = work()
      await clock.advance(60)
      await done
      assert.deepEqual(instants, [0, 10, 30])
    })
  }

  it('gives a continuation one turn before the next task of the same instant', async () => {
    const clock = new FakeClock()
    const order: string[] = []
    const waiter = sleep(clock, 10).then(() => order.push('continuation of the first'))
    clock.schedule(10, () => order.push('second'))
    await clock.advance(10)
    await waiter
    assert.deepEqual(order, ['continuation of the first', 'second'])
  })

  it('settles what is already under way when it advances by nothing', async () => {
    const clock = new FakeClock()
    let settled = false
    void Promise.resolve()
      .then(() => undefined)
      .then(() => {
        settled = true
      })
    await clock.advance(0)
    assert.equal(settled, true)
  })

  it('never runs a cancelled task, and cancelling again does nothing', async () => {
    const clock = new FakeClock()
    const ran: string[] = []
    const doomed = clock.schedule(10, () => ran.push('doomed'))
    clock.schedule(10, () => ran.push('kept'))
    doomed.cancel()
    doomed.cancel()
    assert.equal(clock.pendingCount, 1)
    await clock.advance(10)
    doomed.cancel()
    assert.deepEqual(ran, ['kept'])
  })

  it('lets a task cancel another one of the same instant', async () => {
    const clock = new FakeClock()
    const ran: string[] = []
    clock.schedule(10, () => {
      ran.push('first')
      second.cancel()
    })
    const second = clock.schedule(10, () => ran.push('second'))
    await clock.advance(10)
    assert.deepEqual(ran, ['first'])
  })

  for (const stepMs of [-3_600_000, 3_600_000]) {
    it(`steps the wall clock by ${stepMs} ms without touching monotonic time or a task`, async () => {
      const clock = new FakeClock({ wallMs: 10_000_000 })
      const start = clock.monotonicMs()
      let ranAt = -1
      clock.schedule(10, () => {
        ranAt = clock.monotonicMs() - start
      })
      clock.stepWall(stepMs)
      assert.equal(clock.wallMs(), 10_000_000 + stepMs)
      assert.equal(clock.monotonicMs(), start)
      await clock.advance(10)
      assert.equal(ranAt, 10)
      assert.equal(clock.wallMs(), 10_000_010 + stepMs)
    })
  }

  it('rejects with what a task throws and stays usable', async () => {
    const clock = new FakeClock()
    const failure = new Error('from a task')
    clock.schedule(10, () => {
      throw failure
    })
    await assert.rejects(clock.advance(10), failure)
    let ran = false
    clock.schedule(1, () => {
      ran = true
    })
    await clock.advance(1)
    assert.equal(ran, true)
  })

  it('refuses a second advance while one runs', async () => {
    const clock = new FakeClock()
    const first = clock.advance(10)
    await assert.rejects(clock.advance(10), InvariantViolation)
    await first
  })

  for (const ms of [-1, Number.NaN, Infinity]) {
    it(`refuses to advance by ${ms} ms`, async () => {
      await assert.rejects(new FakeClock().advance(ms), InvariantViolation)
    })
  }

  for (const ms of [-1, Number.NaN]) {
    it(`refuses to schedule a task ${ms} ms from now`, () => {
      assert.throws(() => new FakeClock().schedule(ms, () => undefined), InvariantViolation)
    })
  }
})
