import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LimitEvent, limitPolicy } from '@mintmark/limits'
import { type RedisLimiterOptions, redisLimiter } from '@mintmark/limits/redis'
import { systemClock } from '@mintmark/runtime'
import { FakeClock } from '@mintmark/testkit'
import { fullBuckets, hourly, namingSecret, noAnswer, ScriptedRedis } from './scripted-redis.ts'

const requests = [{ policy: hourly, key: 'partner-a' }]

function world(options: Partial<RedisLimiterOptions> = {}) {
  const redis = new ScriptedRedis()
  const clock = new FakeClock()
  const events: LimitEvent[] = []
  const observer = (event: LimitEvent) => events.push(event)
  const limiter = redisLimiter({ redis, namingSecret, clock, observer, ...options })
  /** A decision, with how long it took. */
  const timed = async () => {
    const startedAtMs = clock.monotonicMs()
    const deciding = Promise.resolve(limiter.check(requests)).then((verdict) => ({
      ...{ verdict, tookMs: clock.monotonicMs() - startedAtMs },
    }))
    await clock.advance(30)
    return deciding
  }
  return { redis, clock, events, limiter, timed }
}

test('an outage costs one deadline, and nothing after that [A10]', async () => {
  const { redis, timed } = world()
  redis.answer = noAnswer
  assert.equal((await timed()).tookMs, 26)
  for (let count = 0; count < 5; count++) assert.equal((await timed()).tookMs, 0)
  assert.equal(redis.sent.length, 1)
})

test('answers without a promise while Redis is left alone', async () => {
  const { redis, timed, limiter } = world()
  redis.answer = noAnswer
  await timed()
  assert.equal(limiter.check(requests) instanceof Promise, false)
})

test('counts for itself while Redis is away, all in one bucket [A10]', async () => {
  const { redis, timed } = world()
  redis.answer = () => Promise.reject(new Error('connection lost'))
  const verdicts = []
  for (let count = 0; count < 5; count++) verdicts.push((await timed()).verdict)
  assert.deepEqual(
    verdicts.map(({ allowed, basis }) => [allowed, basis]),
    [true, true, true, false, false].map((allowed) => [allowed, 'local']),
  )
})

test('grants its share of the quota while Redis is away', async () => {
  const { redis, limiter, timed } = world({ localShare: 0.25 })
  redis.answer = () => Promise.reject(new Error('connection lost'))
  const { verdict } = await timed()
  assert.deepEqual([verdict.allowed, verdict.states[0]?.policy.burst], [true, 1])
  const twelve = limitPolicy({ name: 'twelve', quota: 12, windowSeconds: 60 })
  const { allowed, states } = await limiter.check([{ policy: twelve, key: 'a', cost: 12 }])
  assert.deepEqual([allowed, states[0]?.policy.quota, states[0]?.remaining], [true, 3, 0])
})

test('allows everything while Redis is away, when that is wanted', async () => {
  const { redis, timed } = world({ whenUnavailable: 'allow' })
  redis.answer = () => Promise.reject(new Error('connection lost'))
  for (let count = 0; count < 5; count++) {
    const { allowed, basis, states } = (await timed()).verdict
    assert.deepEqual([allowed, basis, states.length], [true, 'nothing', 0])
  }
})

test('refuses everything while Redis is away, when that is wanted, until it is tried again', async () => {
  const { redis, timed } = world({ whenUnavailable: 'refuse' })
  redis.answer = () => Promise.reject(new Error('connection lost'))
  const { allowed, basis, retryAfterMs, violated } = (await timed()).verdict
  assert.deepEqual([allowed, basis, retryAfterMs, violated.length], [false, 'nothing', 250, 0])
})

test('tries Redis again beside a decision, and never two tries at once', async () => {
  const { redis, clock, limiter, timed } = world()
  redis.answer = noAnswer
  await timed()
  await clock.advance(250)
  for (let count = 0; count < 5; count++)
    assert.equal((await limiter.check(requests)).basis, 'local')
  await clock.advance(0)
  assert.deepEqual(
    redis.sent.map(({ purpose }) => purpose),
    ['check', 'peek'],
  )
})

test('a probe touches no bucket, and lives in the same slot', async () => {
  const { redis, clock, timed } = world()
  redis.answer = noAnswer
  await timed()
  redis.answer = fullBuckets
  await clock.advance(250)
  await timed()
  assert.deepEqual(redis.sent.at(-1)?.keys, ['{mintmark:limits}:probe'])
})

test('goes back to Redis once it has answered, and tells both ends of the outage once [A10]', async () => {
  const { redis, clock, events, timed } = world()
  redis.answer = noAnswer
  await timed()
  await timed()
  redis.answer = fullBuckets
  await clock.advance(250)
  await timed()
  assert.equal((await timed()).verdict.basis, 'buckets')
  const [unavailable, recovered, ...others] = events
  assert.deepEqual(unavailable, { type: 'shared_limits_unavailable', reason: 'timed_out' })
  assert.equal(recovered?.type, 'shared_limits_recovered')
  assert.deepEqual(others, [])
})

test('pauses between tries double up to five seconds', async () => {
  const { redis, clock, limiter, timed } = world()
  redis.answer = () => Promise.reject(new Error('connection lost'))
  await timed()
  const pausesMs: number[] = []
  let lastMs = clock.monotonicMs()
  for (let count = redis.sent.length; pausesMs.length < 7; ) {
    await clock.advance(10)
    await limiter.check(requests)
    await clock.advance(0)
    if (redis.sent.length === count) continue
    count = redis.sent.length
    pausesMs.push(Math.round((clock.monotonicMs() - lastMs) / 250) * 250)
    lastMs = clock.monotonicMs()
  }
  assert.deepEqual(pausesMs, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
})

test('decisions that were under way when the outage began belong to it', async () => {
  const { redis, clock, events, limiter } = world()
  redis.answer = noAnswer
  const deciding = Promise.all([1, 2, 3].map(() => limiter.check(requests)))
  await clock.advance(30)
  const verdicts = await deciding
  assert.deepEqual(
    verdicts.map(({ basis }) => basis),
    ['local', 'local', 'local'],
  )
  assert.equal(events.filter(({ type }) => type === 'shared_limits_unavailable').length, 1)
})

test('nothing queues: a connection that is stuck is noticed by what is under way', async () => {
  const events: LimitEvent[] = []
  const observer = (event: LimitEvent) => events.push(event)
  const stopped = { ...systemClock, monotonicMs: () => 0, schedule: () => ({ cancel: () => {} }) }
  const redis = new ScriptedRedis(noAnswer)
  const limiter = redisLimiter({ redis, namingSecret, clock: stopped, observer })
  for (let count = 0; count < 10_000; count++) limiter.peek(requests)
  assert.equal((await limiter.peek(requests)).basis, 'local')
  assert.deepEqual(events, [{ type: 'shared_limits_unavailable', reason: 'overloaded' }])
})

test('leaves no timer behind', async () => {
  const { clock, timed } = world()
  await timed()
  assert.equal(clock.pendingCount, 0)
})

test('an answer that comes too late is nobody’s', async () => {
  const { redis, clock, timed } = world()
  let settle: ((reply: unknown) => void) | undefined
  redis.answer = () => new Promise((resolve) => (settle = resolve))
  const { verdict } = await timed()
  settle?.(['rubbish'])
  await clock.advance(0)
  assert.equal(verdict.basis, 'local')
})

test('says what was exceeded, and never by whom [A10]', async () => {
  const { redis, events, limiter } = world()
  redis.answer = ({ purpose }) => ['1795435200000000', purpose, '3600000000']
  await limiter.check(requests)
  assert.deepEqual(events, [{ type: 'limit_exceeded', policy: 'hourly' }])
})
