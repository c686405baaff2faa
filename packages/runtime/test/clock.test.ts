import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@mintmark/runtime'
import { FakeClock } from '@mintmark/testkit'

test('a sleep ends when its time has passed, and not before', async () => {
  const clock = new FakeClock()
  let isOver = false
  const sleeping = sleep(clock, 100).then(() => {
    isOver = true
  })
  await clock.advance(99)
  assert.equal(isOver, false)
  await clock.advance(1)
  assert.equal(isOver, true)
  await sleeping
})

test('an aborted sleep rejects with the reason of the signal and leaves no timer behind', async () => {
  const clock = new FakeClock()
  const controller = new AbortController()
  const reason = new RangeError('enough')
  const sleeping = sleep(clock, 100, controller.signal)
  controller.abort(reason)
  await assert.rejects(sleeping, reason)
  assert.equal(clock.pendingCount, 0)
})

test('a sleep with a signal that has aborted already does not begin', async () => {
  const clock = new FakeClock()
  await assert.rejects(sleep(clock, 100, AbortSignal.abort()), { name: 'AbortError' })
  assert.equal(clock.pendingCount, 0)
})

test('a sleep that has ended no longer listens to its signal', async () => {
  const clock = new FakeClock()
  const controller = new AbortController()
  const sleeping = sleep(clock, 10, controller.signal)
  await clock.advance(10)
  await sleeping
  controller.abort()
})
