import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLoopTurns, FakeClock } from '@mintmark/testkit'
import { Flight, type FlightEnd } from '../src/flight.ts'
import type { WaitingPlaces } from '../src/waiting-line.ts'
import { outcomeOf } from './client-world.ts'

/** A flight whose work ends when the test says so. */
function someFlight({ isBackground = false, max = 100 } = {}) {
  const clock = new FakeClock()
  const places: WaitingPlaces = { taken: 0, max }
  const ends: FlightEnd<string>[] = []
  let resolve: (value: string) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<string>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  const work = { resolve, reject }
  const signals: AbortSignal[] = []
  const flight = new Flight<string>({
    clock,
    places,
    isBackground,
    departureError: (departure) => new Error(departure),
    work: (signal) => {
      signals.push(signal)
      return promise
    },
    onEnd: (end) => ends.push(end),
  })
  const join = (deadlineMs = 10_000, signal?: AbortSignal) =>
    outcomeOf(flight.wait({ deadlineAtMonotonicMs: clock.monotonicMs() + deadlineMs, signal }))
  return { clock, places, flight, work, ends, signals, join }
}

function messageOf(error: unknown): string {
  assert(error instanceof Error)
  return error.message
}

test('gives one outcome to all who wait [C5]', async () => {
  const { join, work, ends, places, clock } = someFlight()
  const waiting = [join(), join(), join()]
  work.resolve('token')
  for (const outcome of await Promise.all(waiting)) assert.deepEqual(outcome, { value: 'token' })
  assert.deepEqual(ends, [{ end: 'succeeded', value: 'token' }])
  assert.equal(places.taken, 0)
  assert.equal(clock.pendingCount, 0)
})

test('fails all who wait with the same error [C5]', async () => {
  const { join, work } = someFlight()
  const waiting = [join(), join()]
  const error = new Error('down')
  work.reject(error)
  for (const outcome of await Promise.all(waiting)) assert.equal(outcome.error, error)
})

test('lets one caller abort without failing the others [C5]', async () => {
  const { join, work, signals } = someFlight()
  const a = new AbortController()
  const aborted = join(10_000, a.signal)
  const other = join()
  a.abort()
  assert.equal(messageOf((await aborted).error), 'aborted')
  assert.equal(signals[0]?.aborted, false)
  work.resolve('token')
  assert.deepEqual(await other, { value: 'token' })
})

test('aborts the work when the last caller aborts [C5]', async () => {
  const { join, signals, ends, clock, places } = someFlight()
  const [a, b] = [new AbortController(), new AbortController()]
  const waiting = [join(10_000, a.signal), join(10_000, b.signal)]
  await eventLoopTurns(1)
  a.abort()
  assert.equal(signals[0]?.aborted, false)
  b.abort()
  assert.equal(signals[0]?.aborted, true)
  assert.deepEqual(ends, [{ end: 'abandoned' }])
  for (const { error } of await Promise.all(waiting)) assert.equal(messageOf(error), 'aborted')
  assert.equal(clock.pendingCount, 0)
  assert.equal(places.taken, 0)
})

test('does not begin the work when its only caller was turned away [C5]', async () => {
  const { join, signals, ends } = someFlight()
  const { error } = await join(10_000, AbortSignal.abort())
  assert.equal(messageOf(error), 'aborted')
  await eventLoopTurns(2)
  assert.deepEqual(signals, [])
  assert.deepEqual(ends, [{ end: 'abandoned' }])
})

test('honours each deadline, with one timer, and keeps working for the next caller [C5]', async () => {
  const { join, clock, work, signals, flight } = someFlight()
  const early = join(1_000)
  const late = join(3_000)
  assert.equal(clock.pendingCount, 1)
  await clock.advance(999)
  assert.equal(flight.waiters, 2)
  await clock.advance(1)
  assert.equal(messageOf((await early).error), 'deadline_exceeded')
  await clock.advance(2_000)
  assert.equal(messageOf((await late).error), 'deadline_exceeded')
  assert.equal(signals[0]?.aborted, false)
  const next = join()
  work.resolve('token')
  assert.deepEqual(await next, { value: 'token' })
})

test('serves a deadline that comes before those of earlier callers [C5]', async () => {
  const { join, clock, flight } = someFlight()
  void join(5_000)
  const hurried = join(50)
  await clock.advance(50)
  assert.equal(messageOf((await hurried).error), 'deadline_exceeded')
  assert.equal(flight.waiters, 1)
})

test('is at most 10 ms late when deadlines follow each other closely [C5]', async () => {
  const { join, clock, flight } = someFlight()
  for (let deadlineMs = 100; deadlineMs < 200; deadlineMs += 1) void join(deadlineMs)
  await clock.advance(110)
  assert(flight.waiters <= 100 - 1)
  await clock.advance(99)
  assert.equal(flight.waiters, 0)
})

test('turns callers away when all places are taken, and lets others in afterwards [C5]', async () => {
  const { join, work, places } = someFlight({ max: 2 })
  const a = new AbortController()
  const first = join(10_000, a.signal)
  const second = join()
  assert.equal(messageOf((await join()).error), 'too_many_waiters')
  a.abort()
  await first
  assert.equal(places.taken, 1)
  const third = join()
  work.resolve('token')
  assert.deepEqual(await Promise.all([second, third]), [{ value: 'token' }, { value: 'token' }])
})

test('goes on in the background whoever leaves [C5]', async () => {
  const { join, work, signals, ends } = someFlight({ isBackground: true })
  const a = new AbortController()
  const waiting = join(10_000, a.signal)
  await eventLoopTurns(1)
  a.abort()
  await waiting
  assert.equal(signals[0]?.aborted, false)
  work.resolve('token')
  await eventLoopTurns(1)
  assert.deepEqual(ends, [{ end: 'succeeded', value: 'token' }])
})

test('swallows the failure of work nobody waits for [C5]', async () => {
  const { work, ends } = someFlight({ isBackground: true })
  work.reject(new Error('down'))
  await eventLoopTurns(2)
  assert.equal(ends[0]?.end, 'failed')
})

test('ends once when aborted from outside, and ignores what the work does then', async () => {
  const { flight, join, work, ends, signals } = someFlight()
  const waiting = join()
  await eventLoopTurns(1)
  const disposed = new Error('disposed')
  flight.abort(disposed)
  flight.abort(new Error('again'))
  work.reject(new Error('late'))
  assert.equal((await waiting).error, disposed)
  assert.equal(signals[0]?.aborted, true)
  await eventLoopTurns(1)
  assert.deepEqual(ends, [{ end: 'abandoned' }])
})

test('listens once to a signal shared by ten thousand callers, and only while they wait [C5]', async () => {
  const { join, work } = someFlight({ max: 20_000 })
  const { signal } = new AbortController()
  const listeners = { added: 0, removed: 0 }
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  Object.assign(signal, {
    addEventListener: (...args: Parameters<typeof add>) => {
      listeners.added += 1
      add(...args)
    },
    removeEventListener: (...args: Parameters<typeof remove>) => {
      listeners.removed += 1
      remove(...args)
    },
  })
  const waiting = Array.from({ length: 10_000 }, () => join(10_000, signal))
  work.resolve('token')
  await Promise.all(waiting)
  assert.deepEqual(listeners, { added: 1, removed: 1 })
})
