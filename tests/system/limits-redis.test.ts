/** The limiter on real Redis servers: what it decides, what it costs, and what it leaves there. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { limitPolicy, memoryLimiter } from '@mintmark/limits'
import { redisLimiter } from '@mintmark/limits/redis'
import { systemClock } from '@mintmark/runtime'
import {
  eventually,
  LimiterModel,
  type ModelPurpose,
  type RedisCluster,
  startRedisCluster,
} from '@mintmark/testkit'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import {
  allowedOf,
  clustered,
  comparable,
  limiterOn,
  namingSecret,
  serverFor,
  standalone,
  watched,
} from './limits-worlds.ts'

const hourly = limitPolicy({ name: 'hourly', quota: 50, windowSeconds: 3_600 })
const daily = limitPolicy({ name: 'daily', quota: 3, windowSeconds: 86_400 })

/** Refilled within milliseconds, so that histories in real time meet every state. */
const policies = [
  limitPolicy({ name: 'quick', quota: 3_000, windowSeconds: 1, burst: 3 }),
  limitPolicy({ name: 'uneven', quota: 700, windowSeconds: 3, burst: 2 }),
  limitPolicy({ name: 'slow', quota: 4, windowSeconds: 60 }),
  limitPolicy({ name: 'trial', quota: 1_000, windowSeconds: 1, burst: 2, mode: 'shadow' }),
]
const someRequest = fc
  .tuple(fc.constantFrom(...policies), fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 2 }))
  .map(([policy, key, cost]) => ({ policy, key, cost }))
const someStep = fc.record({
  purpose: fc.constantFrom<ModelPurpose[]>('check', 'check', 'check', 'peek', 'charge'),
  requests: fc.uniqueArray(someRequest, {
    ...{ minLength: 1, maxLength: 3 },
    selector: ({ policy, key }) => `${policy.name} ${key}`,
  }),
})

for (const [library, to] of standalone) {
  describe(`redisLimiter on one server: ${library}`, { concurrency: 2 }, () => {
    test('decides as exact token buckets and as the limiter in memory do [R9]', async (t) => {
      const server = await serverFor(t)
      const { redis: connection } = await limiterOn(t, to(server))
      const { redis, decidedAtUs } = watched(connection)
      let runs = 0
      const property = fc.asyncProperty(
        fc.array(someStep, { minLength: 1, maxLength: 40 }),
        async (history) => {
          runs += 1
          const options = { redis, namingSecret, prefix: `run-${runs}`, deadlineMs: 1_000 }
          const limiter = redisLimiter(options)
          let nowUs = 0
          // Readings of a clock are no whole microseconds.
          const clock = { ...systemClock, monotonicMs: () => (nowUs + 0.25) / 1_000 }
          const [memory, model] = [memoryLimiter({ clock }), new LimiterModel()]
          for (const { purpose, requests } of history) {
            const verdict = comparable(await limiter[purpose](requests))
            nowUs = decidedAtUs.at(-1) ?? Number.NaN
            assert.deepEqual(verdict, model.ask(purpose, requests, nowUs))
            assert.deepEqual(verdict, comparable(memory[purpose](requests)))
          }
        },
      )
      await fc.assert(property, { numRuns: 60 })
    })

    test('grants no more than the quota to callers of several processes at once [R9]', async (t) => {
      const server = await serverFor(t)
      const worlds = await Promise.all([1, 2, 3, 4].map(() => limiterOn(t, to(server))))
      const limiters = worlds.map(({ limiter }) => limiter)
      assert.equal(await allowedOf(limiters, { policy: hourly, key: 'a' }, 400), 50)
    })

    test('asks Redis once for a decision, however many buckets it has [R9]', async (t) => {
      const server = await serverFor(t)
      const { limiter } = await limiterOn(t, to(server))
      const requests = ['a', 'b', 'c'].map((key) => ({ policy: hourly, key }))
      await limiter.check(requests)
      const monitor = await server.monitor()
      await limiter.check(requests)
      await limiter.peek(requests)
      // What the script does is told as well, and is not a command of anybody's.
      const commands = () => monitor.text().match(/ [0-9.:]+\] "\w+"/g) ?? []
      await eventually(() => assert.equal(commands().length, 2))
      for (const command of commands()) assert.match(command, /"evalsha"$/i)
      monitor.stop()
    })

    test('leaves nothing in Redis that says whose limits they are, and all of it ends [A10]', async (t) => {
      const server = await serverFor(t)
      const { limiter } = await limiterOn(t, to(server))
      await limiter.check([
        { policy: hourly, key: 'partner-with-a-name' },
        { policy: daily, key: '203.0.113.7' },
      ])
      const names = (await server.command('keys', '*')).split('\n')
      assert.equal(names.length, 2)
      for (const name of names) {
        assert.match(name, /^\{mintmark:limits\}:(hourly|daily):[0-9a-f]{32}$/)
        const remainingMs = Number(await server.command('pttl', name))
        assert.ok(remainingMs > 0 && remainingMs <= 86_400_000 / 3)
      }
    })

    test('takes nothing from any bucket when one of them refuses [R9]', async (t) => {
      const server = await serverFor(t)
      const { limiter } = await limiterOn(t, to(server))
      const both = [hourly, daily].map((policy) => ({ policy, key: 'a' }))
      for (let count = 0; count < 5; count++) await limiter.check(both)
      const { states, allowed } = await limiter.peek(both)
      assert.equal(allowed, false)
      assert.deepEqual(
        states.map(({ remaining }) => remaining),
        [47, 0],
      )
    })

    test('what a policy of another window left does not outlast a quota that was raised [R9]', async (t) => {
      const server = await serverFor(t)
      const { limiter } = await limiterOn(t, to(server))
      const cost = daily.burst
      await limiter.check([{ policy: daily, key: 'a', cost }])
      const raised = limitPolicy({ name: 'daily', quota: 200, windowSeconds: 1, burst: 1 })
      const refusal = await limiter.peek([{ policy: raised, key: 'a' }])
      assert.deepEqual([refusal.allowed, refusal.retryAfterMs], [false, 5])
      await eventually(async () => {
        assert.equal((await limiter.peek([{ policy: raised, key: 'a' }])).allowed, true)
      })
    })

    test('goes on when Redis has lost its scripts', async (t) => {
      const server = await serverFor(t)
      const { limiter } = await limiterOn(t, to(server))
      await limiter.check([{ policy: daily, key: 'a' }])
      await server.command('script', 'flush')
      const { basis, states } = await limiter.check([{ policy: daily, key: 'a' }])
      assert.deepEqual([basis, states[0]?.remaining], ['buckets', 1])
    })
  })
}

describe('redisLimiter on a cluster', () => {
  let cluster: RedisCluster | undefined
  before(async () => {
    cluster = await startRedisCluster()
  })
  after(() => cluster?.stop())

  for (const [library, to] of clustered) {
    test(`decides over several buckets in one step: ${library} [R9]`, async (t) => {
      assert.ok(cluster !== undefined)
      const { limiter } = await limiterOn(t, to(cluster), { prefix: `limits-${library}` })
      const requests = ['a', 'b', 'c', 'd'].map((key) => ({ policy: daily, key }))
      const verdicts = []
      for (let count = 0; count < 4; count++) verdicts.push(await limiter.check(requests))
      assert.deepEqual(
        verdicts.map(({ allowed, basis }) => [allowed, basis]),
        [true, true, true, false].map((allowed) => [allowed, 'buckets']),
      )
    })
  }
})

test('needs no right but to its own keys and the commands of its script', async (t) => {
  const server = await serverFor(t)
  const rights = 'on >w7Qm2nZx5cV9 ~{mintmark:limits}:* -@all +@connection +info'
  const allowed = ['eval', 'evalsha', 'time', 'get', 'set'].map((command) => `+${command}`)
  await server.command('acl', 'setuser', 'app', ...rights.split(' '), ...allowed)
  const redis = new Redis(server.url.replace('//', '//app:w7Qm2nZx5cV9@'))
  const { limiter } = await limiterOn(t, async () => ({ redis, end: () => redis.disconnect() }))
  assert.equal((await limiter.check([{ policy: daily, key: 'a' }])).basis, 'buckets')
})

test('works on an ioredis connection that prefixes its keys', async (t) => {
  const server = await serverFor(t)
  const redis = new Redis({ port: server.port, keyPrefix: 'app:' })
  const { limiter } = await limiterOn(t, async () => ({ redis, end: () => redis.disconnect() }))
  assert.equal((await limiter.check([{ policy: daily, key: 'a' }])).basis, 'buckets')
  assert.match(await server.command('keys', '*'), /^app:\{mintmark:limits\}:daily:/)
})

test('works on a node-redis connection that gives buffers', async (t) => {
  const server = await serverFor(t)
  const client = await createClient({ url: server.url })
    .on('error', () => {})
    .connect()
  const redis = client.withTypeMapping({ 36: Buffer })
  const { limiter } = await limiterOn(t, async () => ({ redis, end: () => client.destroy() }))
  assert.equal((await limiter.check([{ policy: daily, key: 'a' }])).basis, 'buckets')
})
