import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import { type Departure, WaitingLine } from '../src/waiting-line.ts'
import { outcomeOf } from './client-world.ts'

function someLine(max = 1_000_000) {
  const clock = new FakeClock()
  const places = { taken: 0, max }
  const departures: Departure[] = []
  const line = new WaitingLine<string>({
    clock,
    places,
    departureError: (departure) => new Error(departure),
    onDeparture: (departure) => departures.push(departure),
  })
  const join = (deadlineMs = 10_000, signal?: AbortSignal) =>
    line.wait({ deadlineAtMonotonicMs: clock.monotonicMs() + deadlineMs, signal })
  return { clock, places, departures, line, join }
}

function messageOf({ error }: { readonly error?: unknown }): string {
  assert(error instanceof Error)
  return error.message
}

test('gives callers that nothing tells apart one promise, and counts each of them [C5]', async () => {
  const { line, join, places, clock } = someLine()
  const waiting = Array.from({ length: 100_000 }, () => join())
  assert.equal(new Set(waiting).size, 1)
  assert.deepEqual([line.length, places.taken, clock.pendingCount], [100_000, 100_000, 1])
  line.resolveAll('token')
  assert.equal(await waiting[99_999], 'token')
  assert.deepEqual([line.length, places.taken, clock.pendingCount], [0, 0, 0])
})

test('tells callers apart by their signals, and by deadlines that round to different ones [C5]', async () => {
  const { line, join, clock } = someLine()
  const { signal } = new AbortController()
  const waiting = [join(), join(9_990), join(10_000, signal), join(10_000, signal)]
  await clock.advance(11)
  waiting.push(join())
  assert.equal(new Set(waiting).size, 5)
  assert.equal(line.length, 5)
  line.failAll(new Error('down'))
  for (const outcome of await Promise.all(waiting.map(outcomeOf))) {
    assert.equal(messageOf(outcome), 'down')
  }
})

test('lets nobody wait less than up to the deadline, nor 20 ms longer [C5]', async () => {
  for (const offsetMs of [0, 0.25, 3, 7, 9.75]) {
    const { join, clock, departures } = someLine()
    await clock.advance(offsetMs)
    const startMonotonicMs = clock.monotonicMs()
    const left: number[] = []
    for (const deadlineMs of [5, 12, 100, 101, 5_000]) {
      void outcomeOf(join(deadlineMs)).then(() => {
        left.push(clock.monotonicMs() - startMonotonicMs - deadlineMs)
      })
    }
    await clock.advance(6_000)
    assert.equal(left.length, 5)
    for (const lateMs of left) assert(lateMs >= 0 && lateMs <= 20, `${lateMs} ms late`)
    assert(departures.every((departure) => departure === 'deadline_exceeded'))
  }
})

test('lets go of a party as a whole at its deadline, and of nobody else [C5]', async () => {
  const { line, join, places, clock, departures } = someLine()
  const party = [join(100), join(100), join(100)].map(outcomeOf)
  const patient = join(200)
  await clock.advance(100)
  for (const outcome of await Promise.all(party)) {
    assert.equal(messageOf(outcome), 'deadline_exceeded')
  }
  assert.deepEqual([line.length, places.taken, departures.length], [1, 1, 1])
  line.resolveAll('token')
  assert.equal(await patient, 'token')
})

test('starts a new party after the last one has gone [C5]', async () => {
  const { line, join } = someLine()
  const first = join()
  line.resolveAll('first')
  const second = join()
  line.resolveAll('second')
  assert.deepEqual([await first, await second], ['first', 'second'])
})

test('counts the members of a party against the places [C5]', async () => {
  const { join, places, departures } = someLine(3)
  const waiting = [join(), join(), join()]
  assert.equal(messageOf(await outcomeOf(join())), 'too_many_waiters')
  assert.equal(messageOf(await outcomeOf(join(50))), 'too_many_waiters')
  assert.equal(places.taken, 3)
  assert.equal(new Set(waiting).size, 1)
  assert.deepEqual(departures, ['too_many_waiters', 'too_many_waiters'])
})

test('lets a caller abort out of a crowd without touching it [C5]', async () => {
  const { line, join, places } = someLine()
  const crowd = Promise.all([join(), join()])
  const caller = new AbortController()
  const leaving = outcomeOf(join(10_000, caller.signal))
  caller.abort()
  assert.equal(messageOf(await leaving), 'aborted')
  assert.deepEqual([line.length, places.taken], [2, 2])
  line.resolveAll('token')
  assert.deepEqual(await crowd, ['token', 'token'])
})
