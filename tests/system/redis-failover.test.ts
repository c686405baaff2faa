/** The driver for Redis when a server is gone for good: another primary takes over, a cluster has a node less. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  eventually,
  type RedisSentinelGroup,
  startRedisCluster,
  startRedisSentinel,
} from '@mintmark/testkit'
import {
  again,
  driverOn,
  hearing,
  ioredisToCluster,
  ioredisToSentinel,
  listeners,
  nodeRedisToCluster,
  nodeRedisToSentinel,
} from './redis-worlds.ts'

const LONG_MS = 600_000
const entry = { owner: 'owner', generation: 0, sealed: 'c2VhbGVk', lifetimeMs: LONG_MS }

describe('redisSharedStore and a server that is gone', { concurrency: 4 }, () => {
  const watched = [
    ['ioredis', ioredisToSentinel],
    ['node-redis', nodeRedisToSentinel],
  ] as const

  for (const [library, to] of watched) {
    test(`follows Sentinel to another primary: ${library} [C8]`, async (t) => {
      const group = await startRedisSentinel()
      t.after(() => group.stop())
      const driver = await driverOn(t, to(group))
      const heard = await hearing(driver)
      await driver.write('name', entry)
      await replicated(group)
      await (await group.primary()).kill()
      assert.equal((await again(() => driver.read('name'))).generation, 1)
      await again(() => driver.write('name', { ...entry, generation: 1 }))
      assert.equal((await driver.read('name')).generation, 2)
      await eventually(() => assert(heard.gaps > 0))
      heard.publications.length = 0
      await driver.retire('name', 'a1', LONG_MS)
      await eventually(() => assert.equal(heard.publications.length, 1))
    })
  }

  const clustered = [
    ['ioredis', ioredisToCluster],
    ['node-redis', nodeRedisToCluster],
  ] as const

  for (const [library, to] of clustered) {
    test(`listens to another node of the cluster when its own is gone: ${library} [C8]`, async (t) => {
      const cluster = await startRedisCluster()
      t.after(() => cluster.stop())
      const driver = await driverOn(t, to(cluster))
      const heard = await hearing(driver)
      const counts = await Promise.all(cluster.nodes.map(listeners))
      await cluster.nodes[counts.indexOf(1)]?.kill()
      await eventually(() => assert(heard.gaps > 0))
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
      const retired = await Promise.allSettled(
        names.map((name) => driver.retire(name, 'a1', LONG_MS)),
      )
      const done = retired.filter(({ status }) => status === 'fulfilled').length
      assert(done > 0)
      await eventually(() => assert.equal(heard.publications.length, done))
    })
  }
})

/** Until the replica has what the primary has. */
function replicated({ servers }: RedisSentinelGroup): Promise<void> {
  return eventually(async () => {
    const [one, other] = await Promise.all(servers.map((server) => server.command('keys', '*')))
    assert.equal(one, other)
  })
}
