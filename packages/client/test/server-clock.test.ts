import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClientEvent } from '@mintmark/client'
import { FakeClock, the } from '@mintmark/testkit'
import { ServerClock } from '../src/server-clock.ts'

const arrivedAtWallMs = the.nowSeconds * 1000

function world() {
  const events: TokenClientEvent[] = []
  const serverClock = new ServerClock(new FakeClock(), (event) => events.push(event))
  return { serverClock, events }
}

/** An answer that took `tookMs`, dated `aheadMs` after its arrival on our clock. */
function answer(aheadMs: number, tookMs = 0) {
  const date = new Date(arrivedAtWallMs + aheadMs).toUTCString()
  return { date, arrivedAtWallMs, tookMs }
}

test('corrects only what cannot be rounding, travel or less than 2 s [C11]', () => {
  const rows: readonly [aheadMs: number, tookMs: number, correction: number | undefined][] = [
    [0, 0, undefined],
    [-1_000, 0, undefined],
    [1_000, 0, undefined],
    [2_000, 0, 2_500],
    [-2_000, 0, undefined],
    [-3_000, 0, -2_500],
    [600_000, 0, 600_500],
    [-600_000, 0, -599_500],
    // The answer may have been dated when it was sent for, or just now.
    [-10_000, 10_000, undefined],
    [-12_000, 10_000, -6_500],
    [4_000, 10_000, 9_500],
    [-5_000, 3_000, -3_000],
  ]
  for (const [aheadMs, tookMs, correction] of rows) {
    const { serverClock } = world()
    const label = `${aheadMs} ms ahead after ${tookMs} ms`
    assert.equal(serverClock.correctionBy(answer(aheadMs, tookMs)), correction, label)
    assert.equal(serverClock.skewMs, 0, label)
  }
})

test('reads nothing from an answer without a readable date [C11]', () => {
  const dates = [
    null,
    '',
    'yesterday',
    '1795435200',
    '2026-11-23T12:00:00Z',
    'Mon, 23 Nov 2026 12:00:00',
    'Mon, 23 Nov 2026 12:00:00 CET',
    'Mon, 99 Nov 2026 12:00:00 GMT',
    'Monday, 23-Nov-26 12:00:00 GMT',
    'Mon, 23 Nov 2026 12:00:00 GMT, Mon, 23 Nov 2026 12:00:00 GMT',
    'a'.repeat(10_000),
  ]
  const { serverClock, events } = world()
  for (const date of dates) {
    const correction = serverClock.correctionBy({ date, arrivedAtWallMs: 0, tookMs: 0 })
    assert.equal(correction, undefined, `${date}`)
  }
  assert.deepEqual(events, [])
})

test('counts what it uses on top of the clock of the machine [C11]', () => {
  const { serverClock } = world()
  assert.equal(serverClock.nowWallMs(), arrivedAtWallMs)
  serverClock.use(600_500)
  assert.equal(serverClock.nowWallMs(), arrivedAtWallMs + 600_500)
  assert.equal(serverClock.correctionBy(answer(600_000)), undefined)
  assert.equal(serverClock.correctionBy(answer(0)), 500)
})

test('tells of a skew above 30 s once, however it is learned [C11]', () => {
  const { serverClock, events } = world()
  for (const aheadMs of [0, 29_000, -30_000]) serverClock.correctionBy(answer(aheadMs))
  assert.deepEqual(events, [])
  for (const aheadMs of [-60_000, -60_000, 90_000]) serverClock.correctionBy(answer(aheadMs))
  assert.deepEqual(events, [{ type: 'clock_skewed', skewSeconds: -59 }])
})
