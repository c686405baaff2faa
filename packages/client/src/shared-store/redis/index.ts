export { type RedisSharedStoreOptions, redisSharedStore } from '../redis-shared-store.ts'
export { type RedisTokenStoreOptions, redisTokenStore } from '../redis-token-store.ts'
export type { RedisClient } from './redis-client.ts'
