import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import { Bell } from '../../src/shared-store/bell.ts'
import { outcomeOf } from '../client-world.ts'

describe('a bell', () => {
  it('wakes all who wait, and nobody who comes later', async () => {
    const clock = new FakeClock()
    const bell = new Bell(clock)
    const { signal } = new AbortController()
    const waits = Promise.all([bell.wait(1_000, signal), bell.wait(1_000, signal)])
    bell.ring()
    await waits
    let isAwake = false
    const later = bell.wait(1_000, signal).then(() => {
      isAwake = true
    })
    await clock.advance(999)
    assert.equal(isAwake, false)
    await clock.advance(1)
    await later
    assert.equal(clock.pendingCount, 0)
  })

  it('rejects with the reason of an abort, before or while it waits, and leaves nothing behind', async () => {
    const clock = new FakeClock()
    const bell = new Bell(clock)
    const controller = new AbortController()
    const during = outcomeOf(bell.wait(1_000, controller.signal))
    controller.abort('enough')
    assert.equal((await during).error, 'enough')
    assert.equal((await outcomeOf(bell.wait(1_000, controller.signal))).error, 'enough')
    assert.equal(clock.pendingCount, 0)
  })
})
