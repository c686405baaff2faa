import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClientEvent } from '@mintmark/client'
import { CredentialRotation } from '../src/credential-rotation.ts'

test('tries first what worked last, then the others in their order [C11]', () => {
  const events: TokenClientEvent[] = []
  const rotation = new CredentialRotation((event) => events.push(event))
  assert.deepEqual(rotation.order(1), [0])
  assert.deepEqual(rotation.order(4), [0, 1, 2, 3])
  rotation.worked(0)
  rotation.worked(2)
  rotation.worked(2)
  assert.deepEqual(rotation.order(4), [2, 0, 1, 3])
  rotation.worked(0)
  assert.deepEqual(rotation.order(4), [0, 1, 2, 3])
  assert.deepEqual(events, [
    { type: 'credential_fallback', from: 1, to: 3 },
    { type: 'credential_fallback', from: 3, to: 1 },
  ])
})

test('has nothing to try where there is no credential [C11]', () => {
  assert.deepEqual(new CredentialRotation(() => undefined).order(0), [])
})
