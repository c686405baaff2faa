import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock, seededRandom } from '@mintmark/testkit'
import { AttemptPacing } from '../src/attempt-pacing.ts'
import { Throttle } from '../src/throttle.ts'

function somePacing() {
  const clock = new FakeClock()
  const throttle = new Throttle()
  const pacing = new AttemptPacing({ clock, random: seededRandom(1), throttle })
  const fail = (code: 'server_unavailable' | 'client_refused', retryAfterMs?: number) =>
    pacing.failed({ code, retryAfterMs }, clock.monotonicMs(), 0) - clock.monotonicMs()
  return { clock, throttle, pacing, fail }
}

test('starts its pauses over after a success [C7]', () => {
  const { pacing, fail } = somePacing()
  for (let failure = 0; failure < 10; failure += 1) fail('server_unavailable')
  pacing.succeeded()
  // The first pause of a row is a quarter of a second, without a draw.
  assert.equal(fail('server_unavailable'), 250)
})

test('leaves the pauses of final failures to the breaker [C7]', () => {
  const { clock, pacing, fail } = somePacing()
  assert.equal(fail('client_refused', 60_000), 60_000)
  assert.equal(fail('client_refused'), 30_000)
  assert(pacing.demandOpensAtMonotonicMs <= clock.monotonicMs())
})

test('holds the pause of the server against both kinds of attempts [C7]', () => {
  const { clock, throttle, pacing } = somePacing()
  const until = clock.monotonicMs() + 20_000
  throttle.pause({ code: 'rate_limited' }, until)
  throttle.pause({ code: 'rate_limited' }, until - 10_000)
  assert.equal(pacing.backgroundOpensAtMonotonicMs, until)
  assert.equal(pacing.demandOpensAtMonotonicMs, until)
  const error = pacing.pauseError(clock.monotonicMs() + 5_000)
  assert.deepEqual([error.code, error.retryAfterMs], ['rate_limited', 15_000])
})

test('waits on when another key learns of a longer pause meanwhile [C7]', async () => {
  const { clock, throttle, pacing, fail } = somePacing()
  fail('server_unavailable')
  let isOpen = false
  const opened = pacing.untilDemandOpens(new AbortController().signal).then(() => {
    isOpen = true
  })
  throttle.pause({ code: 'rate_limited' }, clock.monotonicMs() + 5_000)
  await clock.advance(4_999)
  assert.equal(isOpen, false)
  await clock.advance(1)
  await opened
})

test('names what the longest pause comes from [C7]', () => {
  const { clock, throttle, pacing, fail } = somePacing()
  throttle.pause({ code: 'rate_limited' }, clock.monotonicMs() + 100)
  fail('server_unavailable')
  assert.equal(pacing.pauseError(clock.monotonicMs()).code, 'server_unavailable')
})
