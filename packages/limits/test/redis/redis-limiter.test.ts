import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitPolicy } from '@mintmark/limits'
import { type RedisLimiterOptions, redisLimiter } from '@mintmark/limits/redis'
import { FakeClock, findSecret } from '@mintmark/testkit'
import fc from 'fast-check'
import { hourly, namingSecret, REDIS_US, ScriptedRedis } from './scripted-redis.ts'

const requests = [{ policy: hourly, key: 'partner-a' }]

function limiterOn(redis: ScriptedRedis, options: Partial<RedisLimiterOptions> = {}) {
  return redisLimiter({ redis, namingSecret, clock: new FakeClock(), ...options })
}

test('sends one command for several buckets, with what each of them costs [R9]', async () => {
  const redis = new ScriptedRedis()
  const trial = limitPolicy({ name: 'trial', quota: 60, windowSeconds: 60, mode: 'shadow' })
  const verdict = await limiterOn(redis).check([
    { policy: hourly, key: 'partner-a' },
    { policy: trial, key: 'partner-a', cost: 2 },
  ])
  assert.deepEqual([verdict.allowed, verdict.basis], [true, 'buckets'])
  const [sent] = redis.sent
  assert.equal(redis.sent.length, 1)
  assert.deepEqual(sent?.parameters, ['3600000000', '1200000000', '1', '60000000', '2000000', '0'])
})

test('makes its verdict of the debts that Redis tells', async () => {
  const redis = new ScriptedRedis(({ purpose }) => [String(REDIS_US), purpose, '3600000000'])
  const verdict = await limiterOn(redis).check(requests)
  assert.deepEqual([verdict.allowed, verdict.retryAfterMs], [false, 1_200_000])
  assert.deepEqual(verdict.violated, [hourly])
})

test('understands buffers, which a caller may have asked its library for', async () => {
  const redis = new ScriptedRedis(({ purpose }) =>
    [String(REDIS_US), purpose, '1200000000'].map((text) => Buffer.from(text)),
  )
  assert.equal((await limiterOn(redis).check(requests)).states[0]?.remaining, 1)
})

test('names buckets so that nobody can read whose they are, and all in one slot [A10]', async () => {
  const redis = new ScriptedRedis()
  const limiter = limiterOn(redis)
  await limiter.check([
    { policy: hourly, key: '203.0.113.7' },
    { policy: { ...hourly, name: 'other' }, key: 'partner-a' },
  ])
  await limiter.check([{ policy: hourly, key: '203.0.113.7' }])
  const names = redis.sent.flatMap(({ keys }) => keys)
  assert.equal(new Set(names).size, 2)
  for (const name of names) assert.match(name, /^\{mintmark:limits\}:(hourly|other):[0-9a-f]{32}$/)
})

test('names depend on the secret, the policy and the key, and on nothing else', async () => {
  const nameFor = async (secret: string, name: string, key: string): Promise<unknown> => {
    const redis = new ScriptedRedis()
    const limiter = limiterOn(redis, { namingSecret: secret })
    await limiter.peek([{ policy: { ...hourly, name }, key }])
    return redis.sent[0]?.keys[0]?.split(':').at(-1)
  }
  const one = await nameFor(namingSecret, 'a', 'b')
  assert.equal(await nameFor(namingSecret, 'a', 'b'), one)
  const others = await Promise.all([
    nameFor(`${namingSecret}1`, 'a', 'b'),
    nameFor(namingSecret, 'b', 'b'),
    nameFor(namingSecret, 'a', 'b '),
  ])
  assert.equal(new Set([one, ...others]).size, 4)
})

test('sends the whole script when Redis does not have it', async () => {
  const redis = new ScriptedRedis(({ command, purpose }) => {
    if (command === 'evalsha') throw new Error('NOSCRIPT No matching script.')
    return [String(REDIS_US), purpose, '0']
  })
  assert.equal((await limiterOn(redis).check(requests)).basis, 'buckets')
  assert.deepEqual(
    redis.sent.map(({ command }) => command),
    ['evalsha', 'eval'],
  )
})

test('says until when a command may run, by the clock of Redis as it is known', async () => {
  const redis = new ScriptedRedis()
  const clock = new FakeClock()
  const limiter = limiterOn(redis, { clock })
  await limiter.check(requests)
  await clock.advance(1_000)
  await limiter.check(requests)
  assert.deepEqual(
    redis.sent.map(({ latestUs }) => latestUs),
    [0, REDIS_US + 1_000_000 + 25_000],
  )
})

test('asks once more when the clock of Redis is ahead of what was known', async () => {
  const redis = new ScriptedRedis()
  const limiter = limiterOn(redis)
  await limiter.check(requests)
  const aheadUs = REDIS_US + 60_000_000
  redis.answer = ({ latestUs, purpose }) =>
    latestUs < aheadUs ? [String(aheadUs), 'late'] : [String(aheadUs), purpose, '0']
  assert.equal((await limiter.check(requests)).basis, 'buckets')
  assert.equal(redis.sent.length, 3)
})

test('does not ask again and again a Redis that always finds it too late', async () => {
  const redis = new ScriptedRedis(() => [String(REDIS_US), 'late'])
  assert.equal((await limiterOn(redis).check(requests)).basis, 'local')
  assert.equal(redis.sent.length, 2)
})

test('whatever Redis answers, a decision is made, and none is made of rubbish', async () => {
  const someText = fc.oneof(
    fc.constantFrom('check', 'late', '0', '-1', '1.5', 'nan', 'Infinity', '9'.repeat(30), ''),
    fc.string({ maxLength: 8 }),
  )
  const someReply = fc.oneof(
    fc.array(fc.oneof(someText, fc.integer(), fc.constant(null))),
    fc.constantFrom(undefined, null, 'OK', 7, { length: 3 }, [[['1']]], ['9', 'late']),
  )
  const property = fc.asyncProperty(someReply, async (reply) => {
    const limiter = limiterOn(new ScriptedRedis(() => reply))
    const { allowed, basis, states } = await limiter.check(requests)
    const { remaining = -1 } = states[0] ?? {}
    assert.ok(remaining >= 0 && remaining <= 3)
    assert.ok(basis === 'local' ? allowed : basis === 'buckets')
  })
  await fc.assert(property, { numRuns: 150 })
})

test('an empty list of buckets costs no command', async () => {
  const redis = new ScriptedRedis()
  assert.equal((await limiterOn(redis).check([])).allowed, true)
  assert.equal(redis.sent.length, 0)
})

test('throws for mistakes of the caller before anything is sent', () => {
  const redis = new ScriptedRedis()
  const limiter = limiterOn(redis)
  const twice = [...requests, ...requests]
  assert.throws(() => limiter.check(twice), { name: 'TypeError' })
  assert.throws(() => limiter.charge([{ policy: hourly, key: 'a', cost: 4 }]), {
    name: 'RangeError',
  })
  assert.equal(redis.sent.length, 0)
})

const refused: readonly (readonly [title: string, options: object, error: string])[] = [
  ['no connection', { redis: undefined }, 'TypeError'],
  ['a connection of another kind', { redis: { eval: () => undefined } }, 'TypeError'],
  ['no secret', { namingSecret: undefined }, 'TypeError'],
  ['a short secret', { namingSecret: namingSecret.slice(0, 15) }, 'TypeError'],
  ['a long secret', { namingSecret: new Uint8Array(65) }, 'TypeError'],
  ['a prefix with a brace', { prefix: 'a{b}' }, 'TypeError'],
  ['an empty prefix', { prefix: '' }, 'TypeError'],
  ['a long prefix', { prefix: 'a'.repeat(65) }, 'TypeError'],
  ['no deadline', { deadlineMs: 0 }, 'RangeError'],
  ['a deadline that nobody waits for', { deadlineMs: 1_001 }, 'RangeError'],
  ['a mode that there is not', { whenUnavailable: 'open' }, 'TypeError'],
  ['no share', { localShare: 0 }, 'RangeError'],
  ['an unknown option', { timeout: 3 }, 'TypeError'],
]
for (const [title, options, name] of refused) {
  test(`is not made with ${title}, and says so without the secret`, () => {
    const make = () => redisLimiter({ redis: new ScriptedRedis(), namingSecret, ...options })
    assert.throws(make, (error: Error) => {
      assert.equal(error.name, name)
      return findSecret(error.message, namingSecret) === undefined
    })
  })
}
