/** The limits of several processes, kept in Redis or Valkey. */
export type { RedisClient } from './redis/redis-client.ts'
export {
  type RedisLimiterOptions,
  redisLimiter,
  type WhenUnavailable,
} from './redis/redis-limiter.ts'
export {
  type IoredisReplayClient,
  type NodeRedisReplayClient,
  type RedisReplayStoreOptions,
  redisReplayStore,
} from './redis/redis-replay-store.ts'
