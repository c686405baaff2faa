/** Used proofs in Redis or Valkey, for several processes of one API. */
export {
  type IoredisReplayClient,
  type NodeRedisReplayClient,
  type RedisReplayStoreOptions,
  redisReplayStore,
} from '@mintmark/limits/redis'
