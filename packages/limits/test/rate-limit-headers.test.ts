import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitPolicy, limitProblem, memoryLimiter, rateLimitHeaders } from '@mintmark/limits'
import type { RandomSource } from '@mintmark/runtime'
import fc from 'fast-check'
import { verdictOnNothing } from '../src/verdict.ts'
import { policies, someHistory } from './histories.ts'
import { MicrosecondClock } from './microsecond-clock.ts'

const minute = limitPolicy({ name: 'public', quota: 60, windowSeconds: 60 })
const day = limitPolicy({ name: 'daily', quota: 100, windowSeconds: 86_400 })
const trial = limitPolicy({ name: 'trial', quota: 2, windowSeconds: 60, mode: 'shadow' })

const atOnce: RandomSource = { bytes: (length) => new Uint8Array(length) }
const atLast: RandomSource = { bytes: (length) => new Uint8Array(length).fill(255) }

test('an allowed request hears what it may do: so much, in so much time [A10]', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const verdict = limiter.check([
    { policy: minute, key: 'a' },
    { policy: day, key: 'a', cost: 50 },
  ])
  assert.deepEqual(rateLimitHeaders(verdict, atOnce), [
    ['ratelimit-policy', '"public";q=60;w=60, "daily";q=100;w=86400'],
    ['ratelimit', '"public";r=59;t=59, "daily";r=50;t=43200'],
  ])
})

test('the last unit is followed by the time until the next one', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const verdict = limiter.check([{ policy: minute, key: 'a', cost: 60 }])
  assert.equal(new Map(rateLimitHeaders(verdict, atOnce)).get('ratelimit'), '"public";r=0;t=1')
})

test('a refused request hears when to come back, from the policies that refused it [A10]', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  limiter.charge([{ policy: day, key: 'a', cost: 100 }])
  const verdict = limiter.check([minute, day].map((policy) => ({ policy, key: 'a' })))
  assert.deepEqual(rateLimitHeaders(verdict, atOnce), [
    ['ratelimit-policy', '"public";q=60;w=60, "daily";q=100;w=86400'],
    ['ratelimit', '"public";r=60, "daily";r=0;t=864'],
    ['retry-after', '864'],
  ])
})

test('a random part is added, of at most a quarter and half a minute', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const hundred = limitPolicy({ name: 'slow', quota: 1, windowSeconds: 100 })
  const requests = [{ policy: hundred, key: 'a' }]
  limiter.check(requests)
  const verdict = limiter.check(requests)
  assert.equal(new Map(rateLimitHeaders(verdict, atLast)).get('retry-after'), '125')
  limiter.charge([{ policy: day, key: 'a', cost: 100 }])
  const daily = limiter.check([{ policy: day, key: 'a', cost: 100 }])
  assert.equal(new Map(rateLimitHeaders(daily, atLast)).get('retry-after'), '86430')
})

test('a policy in shadow mode is not mentioned', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const verdict = limiter.check([{ policy: trial, key: 'a' }])
  assert.deepEqual(rateLimitHeaders(verdict, atOnce), [])
})

test('nothing is said where nothing is known, but when to come back', () => {
  assert.deepEqual(rateLimitHeaders(verdictOnNothing(true, 400), atOnce), [])
  assert.deepEqual(rateLimitHeaders(verdictOnNothing(false, 400), atOnce), [['retry-after', '1']])
})

const ITEM = /^"([A-Za-z0-9._-]+)";r=(0|[1-9]\d*)(?:;t=(0|[1-9]\d*))?$/
const POLICY = /^"([A-Za-z0-9._-]+)";q=([1-9]\d*);w=([1-9]\d*)$/

test('what is said is well formed and true: nobody who obeys is refused for coming early [A10]', () => {
  const someRandom = fc.constantFrom(atOnce, atLast)
  const property = fc.property(someHistory, someRandom, (history, random) => {
    const clock = new MicrosecondClock()
    const limiter = memoryLimiter({ clock })
    for (const { afterUs, purpose, requests } of history) {
      clock.nowUs += afterUs
      const verdict = limiter[purpose](requests)
      const fields = new Map(rateLimitHeaders(verdict, random))
      const items = list(fields.get('ratelimit')).map((item) => ITEM.exec(item))
      assert.deepEqual(
        items.map((item) => item?.[1]),
        list(fields.get('ratelimit-policy')).map((item) => POLICY.exec(item)?.[1]),
      )
      const windows = items.flatMap((item) => (item?.[3] === undefined ? [] : [Number(item[3])]))
      if (verdict.allowed) assert.equal(fields.get('retry-after'), undefined)
      else {
        const retryAfter = Number(fields.get('retry-after'))
        assert.ok(retryAfter >= Math.max(...windows) && retryAfter * 1_000 >= verdict.retryAfterMs)
        clock.nowUs += retryAfter * 1_000_000
        assert.equal(limiter.peek(requests).allowed, true)
      }
      for (const item of items) {
        const policy = policies.find(({ name }) => name === item?.[1])
        assert.ok(policy !== undefined && item !== null)
        // No more than the policy grants for good, but for rounding.
        const worth = (Number(item?.[3] ?? Number.NaN) * 1_000_000) / policy.intervalUs
        if (verdict.allowed) assert.ok(Number(item?.[2]) <= worth)
      }
    }
  })
  fc.assert(property, { numRuns: 50 })
})

test('a refusal is a problem with the names of the policies', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  limiter.charge([{ policy: minute, key: 'a', cost: 60 }])
  assert.deepEqual(limitProblem(limiter.check([{ policy: minute, key: 'a' }])), {
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    status: 429,
    'violated-policies': ['public'],
  })
})

test('a refusal because nothing could be asked is nobody’s fault: 503', () => {
  const { type, status } = limitProblem(verdictOnNothing(false, 400))
  assert.match(type, /#temporary-reduced-capacity$/)
  assert.equal(status, 503)
})

function list(value: string | undefined): readonly string[] {
  return value === undefined ? [] : value.split(', ')
}
