import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFailureRing, memoryLimiter, parseIpAddress } from '@mintmark/limits'
import { MicrosecondClock } from './microsecond-clock.ts'

const clientId = 'partner-a'
const stranger = parseIpAddress('198.51.100.1')
const own = parseIpAddress('203.0.113.7')

function world() {
  const clock = new MicrosecondClock()
  return { clock, ring: createFailureRing({ limiter: memoryLimiter({ clock }) }) }
}

test('attempts that succeed use up nothing [A10]', async () => {
  const { ring } = world()
  for (let count = 0; count < 1_000; count++) {
    assert.equal((await ring.peek({ address: own, clientId })).allowed, true)
  }
})

test('a stranger who guesses uses up his own attempts, not those of the client [A10]', async () => {
  const { ring } = world()
  for (let count = 0; count < 1_000; count++) await ring.charge({ address: stranger, clientId })
  assert.equal((await ring.peek({ address: stranger, clientId })).allowed, false)
  assert.equal((await ring.peek({ address: own, clientId })).allowed, true)
})

test('nobody is locked out: after each interval there is one more attempt', async () => {
  const { clock, ring } = world()
  const attempt = { address: own, clientId }
  for (let count = 0; count < 50; count++) await ring.charge(attempt)
  const { allowed, retryAfterMs } = await ring.peek(attempt)
  assert.deepEqual([allowed, retryAfterMs], [false, 10_000])
  clock.nowUs += 10_000_000
  assert.equal((await ring.peek(attempt)).allowed, true)
})

test('an address that guesses at many clients uses up the attempts of that address', async () => {
  const { ring } = world()
  for (let at = 0; at < 100; at++) await ring.charge({ address: stranger, clientId: `c${at}` })
  assert.equal((await ring.peek({ address: stranger, clientId: 'another' })).allowed, false)
  assert.equal((await ring.peek({ address: stranger, clientId: undefined })).allowed, false)
})

test('the failures of one client do not stop the others behind the same address', async () => {
  const { ring } = world()
  for (let count = 0; count < 20; count++) await ring.charge({ address: own, clientId })
  assert.equal((await ring.peek({ address: own, clientId })).allowed, false)
  assert.equal((await ring.peek({ address: own, clientId: 'partner-b' })).allowed, true)
})

test('a failure ring is not made with an option that it does not know', () => {
  const options = { limiter: memoryLimiter(), lock: true }
  assert.throws(() => createFailureRing(options), { name: 'TypeError' })
})
