/**
 * Which library the caller's connection is of. Told by its methods, so that nothing is imported at run time and whoever
 * uses one library need not have the other.
 */
import type { RandomSource } from '@mintmark/runtime'
import { type IoredisClient, ioredisConnection, isIoredis } from './ioredis-connection.ts'
import { isNodeRedis, type NodeRedisClient, nodeRedisConnection } from './node-redis-connection.ts'
import type { RedisConnection } from './redis-connection.ts'

/** A connection that the caller has made: a client, sentinel or cluster. */
export type RedisClient = IoredisClient | NodeRedisClient

/** Throws `TypeError` for anything but a connection of one of the libraries. */
export function connectionOf(redis: RedisClient, random: RandomSource): RedisConnection {
  if (isIoredis(redis)) return ioredisConnection(redis, random)
  if (isNodeRedis(redis)) return nodeRedisConnection(redis)
  throw new TypeError('redis: expected a connection of ioredis, or of node-redis 5 or later')
}
