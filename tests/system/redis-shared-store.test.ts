/** The driver for Redis on real servers, with both client libraries, in every way of running Redis. */
import { after, describe, test } from 'node:test'
import {
  sharedStoreContract,
  startRedisCluster,
  startRedisSentinel,
  startRedisServer,
} from '@mintmark/testkit'
import {
  ioredisTo,
  ioredisToCluster,
  ioredisToSentinel,
  nodeRedisTo,
  nodeRedisToCluster,
  nodeRedisToSentinel,
  type OpenConnection,
  redisWorlds,
} from './redis-worlds.ts'

const [server, cluster, sentinel] = await Promise.all([
  startRedisServer(),
  startRedisCluster(),
  startRedisSentinel(),
])
after(() => Promise.all([server.stop(), cluster.stop(), sentinel.stop()]))

const ways: readonly (readonly [title: string, connect: OpenConnection])[] = [
  ['ioredis', ioredisTo(server)],
  ['ioredis-cluster', ioredisToCluster(cluster)],
  ['ioredis-sentinel', ioredisToSentinel(sentinel)],
  ['node-redis', nodeRedisTo(server)],
  ['node-redis-cluster', nodeRedisToCluster(cluster)],
  ['node-redis-sentinel', nodeRedisToSentinel(sentinel)],
]

const connected = await Promise.all(
  ways.map(async ([title, connect]) => [title, await redisWorlds(title, connect)] as const),
)

// Side by side, because most of the time they wait for time to pass.
describe('redisSharedStore', { concurrency: ways.length }, () => {
  for (const [title, worlds] of connected) {
    describe(title, { concurrency: 4 }, () => {
      after(() => worlds.close())
      for (const { title: rule, run } of sharedStoreContract) test(rule, () => run(worlds.open))
    })
  }
})
