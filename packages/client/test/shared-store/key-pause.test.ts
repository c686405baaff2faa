import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../src/failure.ts'
import { KeyPause } from '../../src/shared-store/key-pause.ts'

describe('the pause of a shared key', () => {
  const shared: readonly FailureCode[] = [
    'timed_out',
    'server_unavailable',
    'response_not_conforming',
    'rate_limited',
  ]
  for (const code of shared) {
    it(`holds back the fleet after ${code}, as it would meet every process [C4]`, () => {
      const pause = new KeyPause()
      assert.equal(pause.failed({ code }, 0), 250)
      assert.deepEqual(pause.refusal(100), { code, retryAfterMs: 150, asked: false })
      assert.equal(pause.refusal(250), undefined)
    })
  }

  const own: readonly FailureCode[] = [
    'network_failed',
    'metadata_unavailable',
    'credential_unavailable',
    'internal_failure',
  ]
  for (const code of own) {
    it(`holds back nobody after ${code}, which another process may not meet`, () => {
      const pause = new KeyPause()
      assert.equal(pause.failed({ code }, 0), undefined)
      assert.equal(pause.refusal(0), undefined)
    })
  }

  const final: readonly FailureCode[] = ['client_refused', 'request_refused', 'scope_narrowed']
  for (const code of final) {
    it(`holds back this process alone after ${code}, and for a moment: another may have a new credential [C7]`, () => {
      const pause = new KeyPause()
      assert.equal(pause.failed({ code, retryAfterMs: 30_000 }, 0), undefined)
      assert.deepEqual(pause.refusal(1), { code, retryAfterMs: 30_000, asked: false })
      assert.equal(pause.refusal(250), undefined)
    })
  }

  it('does not spread what was itself only heard', () => {
    const pause = new KeyPause()
    assert.equal(pause.failed({ code: 'server_unavailable', asked: false }, 0), undefined)
  })

  it('doubles from failure to failure, whichever process they happen to', () => {
    const pause = new KeyPause()
    pause.failed({ code: 'timed_out' }, 0)
    pause.hear({ code: 'timed_out', pauseMs: 1_000, remainingMs: 1_000 }, 300)
    assert.equal(pause.failed({ code: 'timed_out' }, 2_000), 2_000)
    assert.equal(pause.failed({ code: 'timed_out' }, 9_000), 4_000)
    assert.equal(pause.failed({ code: 'timed_out' }, 15_000), 5_000)
  })

  it('begins anew after a success', () => {
    const pause = new KeyPause()
    pause.failed({ code: 'timed_out' }, 0)
    pause.succeeded()
    assert.equal(pause.refusal(0), undefined)
    assert.equal(pause.failed({ code: 'timed_out' }, 1), 250)
  })

  it('ends when another process says so', () => {
    const pause = new KeyPause()
    pause.hear({ code: 'timed_out', pauseMs: 250, remainingMs: 250 }, 0)
    assert.equal(pause.refusal(0)?.code, 'timed_out')
    pause.hear(undefined, 1)
    assert.equal(pause.refusal(1), undefined)
  })

  it('is not made longer than any pause of ours, whatever the store says', () => {
    const pause = new KeyPause()
    pause.hear({ code: 'timed_out', pauseMs: 1e9, remainingMs: 1e9 }, 0)
    assert.equal(pause.refusal(5_000), undefined)
    assert.equal(pause.failed({ code: 'timed_out' }, 6_000), 5_000)
  })

  it('is not begun by a code that is none', () => {
    const pause = new KeyPause()
    pause.hear({ code: 'toString', pauseMs: 250, remainingMs: 250 }, 0)
    pause.hear({ code: '', pauseMs: 250, remainingMs: 250 }, 0)
    assert.equal(pause.refusal(0), undefined)
  })
})
