import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CredentialBreaker } from '../src/credential-breaker.ts'

const refusal = { code: 'client_refused', oauthError: 'invalid_client', httpStatus: 401 } as const

test('lets everything through until a circuit opens [C7]', () => {
  assert.equal(new CredentialBreaker().refusal(['a', 'b'], 0), undefined)
})

test('answers with the failure that opened it, marked as not asked, and the time to wait [C7]', () => {
  const breaker = new CredentialBreaker()
  assert.deepEqual(breaker.open('a', refusal, 0), { ...refusal, retryAfterMs: 30_000 })
  assert.deepEqual(breaker.refusal(['b', 'a'], 10_000), {
    ...refusal,
    retryAfterMs: 20_000,
    asked: false,
  })
  assert.equal(breaker.refusal(['b'], 10_000), undefined)
})

test('lets one probe through after each pause, not two [C7]', () => {
  const breaker = new CredentialBreaker()
  breaker.open('a', refusal, 0)
  assert.notEqual(breaker.refusal(['a'], 29_999), undefined)
  assert.equal(breaker.refusal(['a'], 30_000), undefined)
  assert.equal(breaker.refusal(['a'], 30_001)?.retryAfterMs, 29_999)
})

test('doubles its pauses from 30 s to 5 min [C7]', () => {
  const breaker = new CredentialBreaker()
  const pauses: (number | undefined)[] = []
  for (let now = 0; pauses.length < 6; now += pauses.at(-1) ?? 0) {
    pauses.push(breaker.open('a', refusal, now).retryAfterMs)
  }
  assert.deepEqual(pauses, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
})

test('forgets a circuit that is closed, and starts over when it opens again [C7]', () => {
  const breaker = new CredentialBreaker()
  breaker.open('a', refusal, 0)
  breaker.open('a', refusal, 30_000)
  assert.equal(breaker.close('a'), true)
  assert.equal(breaker.close('a'), false)
  assert.equal(breaker.refusal(['a'], 30_001), undefined)
  assert.equal(breaker.open('a', refusal, 40_000).retryAfterMs, 30_000)
})

test('keeps a bounded number of circuits and drops the oldest', () => {
  const breaker = new CredentialBreaker()
  for (let index = 0; index <= 10_000; index += 1) breaker.open(`circuit ${index}`, refusal, 0)
  assert.equal(breaker.refusal(['circuit 0'], 1), undefined)
  assert.notEqual(breaker.refusal(['circuit 1'], 1), undefined)
  assert.notEqual(breaker.refusal(['circuit 10000'], 1), undefined)
})
