import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import { signalEchoMs } from '../src/limits.ts'
import { createStopRequest } from '../src/stop-request.ts'

function stopRequest() {
  const clock = new FakeClock()
  const reactions: string[] = []
  const signal = createStopRequest(clock, {
    gracefully: () => reactions.push('gracefully'),
    atOnce: () => reactions.push('at once'),
  })
  return { clock, reactions, signal }
}

describe('a stop request', () => {
  it('is graceful at the first signal and at once at a later one', async () => {
    const { clock, reactions, signal } = stopRequest()
    signal()
    assert.deepEqual(reactions, ['gracefully'])
    await clock.advance(signalEchoMs)
    signal()
    assert.deepEqual(reactions, ['gracefully', 'at once'])
  })

  it('takes the echoes of one Ctrl-C for one request, however many follow each other', async () => {
    const { clock, reactions, signal } = stopRequest()
    for (let count = 0; count < 5; count += 1) {
      signal()
      await clock.advance(signalEchoMs - 1)
    }
    assert.deepEqual(reactions, ['gracefully'])
  })

  it('asks for nothing more once it has asked to stop at once', async () => {
    const { clock, reactions, signal } = stopRequest()
    for (let count = 0; count < 4; count += 1) {
      signal()
      await clock.advance(signalEchoMs)
    }
    assert.deepEqual(reactions, ['gracefully', 'at once'])
  })
})
