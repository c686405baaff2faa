import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import { StoreClock } from '../../src/shared-store/redis/store-clock.ts'

const STORE_MS = 1_795_435_200_000

test('knows nothing before the store has told its time', () => {
  const storeClock = new StoreClock(new FakeClock())
  assert.equal(storeClock.isKnown, false)
  assert.equal(storeClock.ageMs(STORE_MS), 0)
})

test('tells how long ago the store said something', async () => {
  const clock = new FakeClock()
  const storeClock = new StoreClock(clock)
  storeClock.hear(STORE_MS)
  await clock.advance(2_000)
  assert.equal(storeClock.ageMs(STORE_MS), 2_000)
  assert.equal(storeClock.storeMsAt(clock.monotonicMs()), STORE_MS + 2_000)
})

test('is not misled by an answer that was slow', async () => {
  const clock = new FakeClock()
  const storeClock = new StoreClock(clock)
  storeClock.hear(STORE_MS)
  await clock.advance(10_000)
  storeClock.hear(STORE_MS + 7_000)
  // It is 3,000 ms old; the clock was doubted a little meanwhile.
  assert.equal(Math.round(storeClock.ageMs(STORE_MS + 7_000)), 2_900)
})

test('follows a clock that runs ahead at once, and one that was set back in time', async () => {
  const clock = new FakeClock()
  const storeClock = new StoreClock(clock)
  storeClock.hear(STORE_MS)
  storeClock.hear(STORE_MS + 5_000)
  assert.equal(storeClock.ageMs(STORE_MS + 5_000), 0)
  let nowStoreMs = STORE_MS
  for (let minute = 0; minute < 90; minute += 1) {
    await clock.advance(60_000)
    nowStoreMs += 60_000
    storeClock.hear(nowStoreMs)
  }
  assert.equal(storeClock.ageMs(nowStoreMs), 0)
})
