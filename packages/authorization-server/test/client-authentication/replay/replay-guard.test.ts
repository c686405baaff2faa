import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import { createReplayGuard } from '../../../src/client-authentication/replay/replay-guard.ts'

const lifetimeMs = 90_000

function guarding() {
  const clock = new FakeClock()
  const guard = createReplayGuard({
    ...{ store: undefined, whenUnavailable: 'local', clock },
    observer: () => undefined,
  })
  return (jti: string, method = 'private_key_jwt', clientId = 'c') =>
    guard.consume({ method, clientId, jti, refusedFromWallMs: clock.wallMs() + lifetimeMs })
}

test('without a store the answer is there at once: first, then repeated [A6]', () => {
  const use = guarding()
  assert.deepEqual([use('a'), use('a'), use('b')], ['first', 'repeated', 'first'])
})

test('method, client and identifier make a use, and no two of them run together [A6]', () => {
  const use = guarding()
  const uses = [
    use('j', 'm', 'c'),
    use('j', 'm', 'd'),
    use('j', 'n', 'c'),
    use('c', 'm', 'j'),
    use('j","c', 'm', ''),
  ]
  assert.deepEqual(new Set(uses), new Set(['first']))
})
