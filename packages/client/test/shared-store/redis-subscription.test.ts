/** Listening, on connections that a test gives and takes away. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Publication } from '@mintmark/client/shared-store'
import { eventLoopTurns, FakeClock, seededRandom } from '@mintmark/testkit'
import { RedisSubscription } from '../../src/shared-store/redis/redis-subscription.ts'
import { StoreClock } from '../../src/shared-store/redis/store-clock.ts'

const RELEASED = JSON.stringify({ kind: 'released', name: 'n', atMs: 1 })

/** A Redis that can be taken away. */
function world({ isAway = false, isSilent = false } = {}) {
  const clock = new FakeClock()
  const redis = { isAway, isSilent, attempts: 0, open: 0 }
  let current = { say: (_message: string): void => {}, lose: (): void => {} }
  const connection = {
    evaluateCached: () => assert.fail('nothing is asked here'),
    evaluate: () => assert.fail('nothing is asked here'),
    listen: async (
      _channel: string,
      say: (message: string) => void,
      onLost: () => void,
      signal: AbortSignal,
    ) => {
      redis.attempts += 1
      if (redis.isAway) throw new Error('no connection')
      if (redis.isSilent) {
        await new Promise((_resolve, reject) => signal.addEventListener('abort', reject))
      }
      redis.open += 1
      current = { say, lose: onLost }
      return () => {
        redis.open -= 1
      }
    },
  }
  const subscription = new RedisSubscription({
    ...{ connection, channel: 'c', clock, random: seededRandom(1) },
    storeClock: new StoreClock(clock),
  })
  const listen = async () => {
    const heard: (Publication | 'gap')[] = []
    const stop = await subscription.add(
      (publication) => heard.push(publication),
      () => heard.push('gap'),
    )
    return { heard, stop }
  }
  return {
    clock,
    redis,
    subscription,
    listen,
    say: () => current.say(RELEASED),
    lose: () => current.lose(),
  }
}

test('opens one connection for all who listen, and closes it after the last', async () => {
  const { redis, listen, say } = world()
  const [one, other] = [await listen(), await listen()]
  say()
  assert.equal(redis.open, 1)
  assert.deepEqual([one.heard.length, other.heard.length], [1, 1])
  await one.stop()
  assert.equal(redis.open, 1)
  await other.stop()
  await eventLoopTurns(10)
  assert.equal(redis.open, 0)
})

test('replaces a connection that is lost, and tells all of the gap', async () => {
  const { clock, redis, listen, lose, say } = world()
  const { heard } = await listen()
  lose()
  await clock.advance(200)
  assert.deepEqual([redis.open, redis.attempts, heard], [1, 2, ['gap']])
  say()
  assert.equal(heard.length, 2)
})

test('pauses longer after each attempt that fails, up to ten seconds, and then as at first', async () => {
  const { clock, redis, listen, lose } = world()
  const { heard } = await listen()
  redis.isAway = true
  lose()
  await clock.advance(600_000)
  assert(redis.attempts > 60 && redis.attempts < 140)
  redis.isAway = false
  await clock.advance(10_000)
  assert.deepEqual(heard, ['gap'])
  redis.attempts = 0
  lose()
  await clock.advance(200)
  assert.deepEqual([redis.attempts, redis.open], [1, 1])
})

test('lets nobody wait longer than a second for a connection, and tells of the gap later', async () => {
  const { clock, redis, listen } = world({ isAway: true })
  const listening = listen()
  await clock.advance(1_000)
  const { heard } = await listening
  assert.deepEqual(heard, [])
  redis.isAway = false
  await clock.advance(10_000)
  assert.deepEqual(heard, ['gap'])
})

test('tells who waited for the first connection of no gap', async () => {
  const { clock, redis, listen } = world({ isAway: true })
  const listening = listen()
  await eventLoopTurns(10)
  redis.isAway = false
  await clock.advance(200)
  assert.deepEqual((await listening).heard, [])
  assert.equal(clock.pendingCount, 0)
})

test('tries no longer when nobody listens any more', async () => {
  const { clock, redis, listen } = world({ isAway: true })
  const listening = listen()
  await clock.advance(1_000)
  await (await listening).stop()
  redis.attempts = 0
  await clock.advance(60_000)
  assert.equal(redis.attempts, 0)
})

test('closes a connection that came after the last one had stopped', async () => {
  const { redis, listen, subscription } = world()
  const listening = listen()
  subscription.end()
  await eventLoopTurns(10)
  assert.equal(redis.open, 0)
  void listening
})

test('goes on for the others when a listener throws', async () => {
  const { subscription, listen, say } = world()
  await subscription.add(
    () => assert.fail('a bug of the listener'),
    () => {},
  )
  const { heard } = await listen()
  say()
  assert.equal(heard.length, 1)
})

test('gives up an attempt that a server never answers, and makes another', async () => {
  const { clock, redis, listen } = world({ isSilent: true })
  const listening = listen()
  await clock.advance(1_000)
  const { heard } = await listening
  redis.isSilent = false
  await clock.advance(10_000)
  assert.deepEqual([redis.attempts, heard], [2, ['gap']])
})
