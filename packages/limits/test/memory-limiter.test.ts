import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type LimitEvent,
  type LimitRequest,
  limitPolicy,
  type MemoryLimiter,
  memoryLimiter,
} from '@mintmark/limits'
import { LimiterModel, type ModelVerdict } from '@mintmark/testkit'
import fc from 'fast-check'
import { someHistory } from './histories.ts'
import { MicrosecondClock } from './microsecond-clock.ts'

const minute = limitPolicy({ name: 'public', quota: 60, windowSeconds: 60 })
const day = limitPolicy({ name: 'daily', quota: 3, windowSeconds: 86_400 })
const trial = limitPolicy({ name: 'trial', quota: 2, windowSeconds: 60, mode: 'shadow' })

test('decides as exact token buckets do, whatever is asked in whatever order [R9]', () => {
  const property = fc.property(someHistory, (history) => {
    const clock = new MicrosecondClock()
    const [limiter, model] = [memoryLimiter({ clock }), new LimiterModel()]
    for (const { afterUs, purpose, requests } of history) {
      clock.nowUs += afterUs
      const verdict = limiter[purpose](requests)
      assert.deepEqual(comparable(verdict), model.ask(purpose, requests, clock.nowUs))
    }
  })
  fc.assert(property, { numRuns: 100 })
})

test('answers at once, without a promise', () => {
  const { allowed, basis } = memoryLimiter().check([{ policy: minute, key: 'a' }])
  assert.deepEqual([allowed, basis], [true, 'buckets'])
})

test('takes from no bucket when one of them has not the units [R9]', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const both = [minute, day].map((policy) => ({ policy, key: 'a' }))
  for (let count = 0; count < 3; count++) limiter.check(both)
  const { allowed, violated, states } = limiter.check(both)
  assert.deepEqual([allowed, violated], [false, [day]])
  assert.deepEqual([states[0]?.remaining, limiter.peek(both).states[0]?.remaining], [57, 57])
})

test('says when all refusing buckets will have the units', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const slow = limitPolicy({ name: 'slow', quota: 1, windowSeconds: 20 })
  const fast = limitPolicy({ name: 'fast', quota: 1, windowSeconds: 10 })
  const requests = [slow, fast].map((policy) => ({ policy, key: 'a' }))
  limiter.check(requests)
  assert.equal(limiter.check(requests).retryAfterMs, 20_000)
})

test('says of a charge when what it took will be there again, too [A10]', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const slow = limitPolicy({ name: 'slow', quota: 1, windowSeconds: 20 })
  const fast = limitPolicy({ name: 'fast', quota: 1, windowSeconds: 10 })
  limiter.charge([{ policy: fast, key: 'a' }])
  const { violated, retryAfterMs } = limiter.charge(
    [slow, fast].map((policy) => ({ policy, key: 'a' })),
  )
  assert.deepEqual([violated, retryAfterMs], [[fast], 20_000])
})

test('refuses nothing for a policy in shadow mode, and tells what it would have refused', () => {
  const events: LimitEvent[] = []
  const clock = new MicrosecondClock()
  const limiter = memoryLimiter({ clock, observer: (event) => events.push(event) })
  const requests = [{ policy: trial, key: 'a' }]
  const verdicts = [1, 2, 3].map(() => limiter.check(requests))
  assert.deepEqual(
    verdicts.map(({ allowed, shadowed }) => [allowed, shadowed.length]),
    [
      [true, 0],
      [true, 0],
      [true, 1],
    ],
  )
  assert.deepEqual(events, [{ type: 'limit_would_exceed', policy: 'trial' }])
})

test('peeking takes nothing, however often, and tells nobody', () => {
  const events: LimitEvent[] = []
  const clock = new MicrosecondClock()
  const limiter = memoryLimiter({ clock, observer: (event) => events.push(event) })
  const requests = [{ policy: day, key: 'a', cost: 3 }]
  for (let count = 0; count < 10; count++) assert.equal(limiter.peek(requests).allowed, true)
  limiter.charge(requests)
  assert.equal(limiter.peek(requests).allowed, false)
  assert.deepEqual(events, [])
})

test('a charge takes what is there, and one more attempt comes back after each interval', () => {
  const clock = new MicrosecondClock()
  const limiter = memoryLimiter({ clock })
  const requests = [{ policy: minute, key: 'a' }]
  for (let count = 0; count < 1_000; count++) limiter.charge(requests)
  assert.equal(limiter.peek(requests).retryAfterMs, 1_000)
  clock.nowUs += 1_000_000
  assert.equal(limiter.peek(requests).allowed, true)
})

test('a key does not share a bucket with another one, nor a policy with another one', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  limiter.charge([{ policy: day, key: 'a', cost: 3 }])
  assert.equal(limiter.peek([{ policy: day, key: 'b', cost: 3 }]).allowed, true)
  assert.equal(limiter.peek([{ policy: minute, key: 'a', cost: 60 }]).allowed, true)
})

/** Asks until it is allowed, each time as late as the refusal before has told, and says how long that took. */
function waitedUs(ask: MemoryLimiter['check'], clock: MicrosecondClock, requests: LimitRequest[]) {
  const beganAtUs = clock.nowUs
  for (let attempts = 0; attempts < 3; attempts++) {
    const { allowed, retryAfterMs } = ask(requests)
    if (allowed) return clock.nowUs - beganAtUs
    clock.nowUs += retryAfterMs * 1_000
  }
  return Number.POSITIVE_INFINITY
}

for (const purpose of ['check', 'peek'] as const) {
  test(`after a clock was set back, waiting as long as a ${purpose} tells is enough [R9]`, () => {
    const clock = new MicrosecondClock()
    const limiter = memoryLimiter({ clock })
    const requests = [{ policy: minute, key: 'a' }]
    limiter.charge([{ policy: minute, key: 'a', cost: 60 }])
    clock.nowUs -= 3_600_000_000
    assert.equal(waitedUs(limiter[purpose].bind(limiter), clock, requests), 1_000_000)
  })
}

test('what a policy of another window left keeps nobody waiting longer than this one does [R9]', () => {
  const clock = new MicrosecondClock()
  const limiter = memoryLimiter({ clock })
  limiter.charge([{ policy: { ...day, name: 'quota' }, key: 'a', cost: 3 }])
  const raised = { policy: { ...minute, name: 'quota' }, key: 'a' }
  const other = { policy: trial, key: 'a' }
  assert.equal(waitedUs(limiter.check.bind(limiter), clock, [other, raised]), 1_000_000)
})

test('whoever has exceeded a limit cannot make room for himself with other keys [R9]', () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock(), keysMax: 64 })
  const own = { policy: minute, key: 'attacker' }
  limiter.charge([{ ...own, cost: 60 }])
  for (let at = 0; at < 5_000; at++) limiter.check([{ policy: minute, key: `other ${at}` }])
  assert.equal(limiter.check([own]).allowed, false)
  assert.ok(limiter.bytes <= 8_192, `${limiter.bytes} bytes`)
})

const mistakes: readonly (readonly [
  title: string,
  requests: readonly LimitRequest[],
  name: string,
])[] = [
  ['more units than the bucket holds', [{ policy: day, key: 'a', cost: 4 }], 'RangeError'],
  ['no units', [{ policy: day, key: 'a', cost: 0 }], 'RangeError'],
  ['a part of a unit', [{ policy: day, key: 'a', cost: 1.5 }], 'RangeError'],
  ['units that are no number', [{ policy: day, key: 'a', cost: Number.NaN }], 'RangeError'],
  [
    'more than eight buckets',
    Array.from({ length: 9 }, (_, at) => ({ policy: day, key: String(at) })),
    'RangeError',
  ],
  ['one bucket twice', [1, 2].map(() => ({ policy: day, key: 'a' })), 'TypeError'],
]
for (const [title, requests, name] of mistakes) {
  test(`throws for ${title}, and takes nothing`, () => {
    const limiter = memoryLimiter({ clock: new MicrosecondClock() })
    for (const purpose of ['check', 'peek', 'charge'] as const) {
      assert.throws(() => limiter[purpose](requests), { name })
    }
    assert.equal(limiter.peek([{ policy: day, key: 'a', cost: 3 }]).allowed, true)
  })
}

test('throws for policies that are made up as requests come', () => {
  const limiter = memoryLimiter()
  const flood = (): void => {
    for (let at = 0; at < 2_000; at++) {
      limiter.check([{ policy: { ...minute, name: `p${at}` }, key: 'a' }])
    }
  }
  assert.throws(flood, { name: 'RangeError' })
})

test('allows a request without buckets', () => {
  assert.equal(memoryLimiter().check([]).allowed, true)
})

test('an observer that throws changes nothing', () => {
  const observer = (): never => {
    throw new Error('observer')
  }
  const limiter = memoryLimiter({ clock: new MicrosecondClock(), observer })
  limiter.charge([{ policy: day, key: 'a', cost: 3 }])
  assert.equal(limiter.check([{ policy: day, key: 'a' }]).allowed, false)
})

test('is not made with an option that it does not know, nor for no key at all', () => {
  assert.throws(() => memoryLimiter({ keyMax: 3 } as object), { name: 'TypeError' })
  assert.throws(() => memoryLimiter({ keysMax: 0 }), { name: 'RangeError' })
})

function comparable(verdict: ReturnType<ReturnType<typeof memoryLimiter>['check']>): ModelVerdict {
  const { allowed, states, violated, shadowed } = verdict
  return {
    allowed,
    states: states.map(({ fits, remaining, resetMs, retryAfterMs }) => ({
      ...{ fits, remaining, resetMs, retryAfterMs },
    })),
    violated: violated.map(({ name }) => name),
    shadowed: shadowed.map(({ name }) => name),
  }
}
