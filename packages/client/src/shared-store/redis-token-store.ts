/** Shared tokens on Redis, sealed: what `@mintmark/client/redis` is for. */
import { checkNames } from '@mintmark/runtime'
import type { KeySecret, StoreKeySource } from './key-ring.ts'
import type { RedisClient } from './redis/redis-client.ts'
import { redisSharedStore } from './redis-shared-store.ts'
import { resealing } from './resealing.ts'
import { createSealing } from './sealing.ts'
import { sharedTokenStore } from './shared-token-store.ts'
import type { TokenStore } from './token-store.ts'

/** The options of {@link redisTokenStore}. */
export interface RedisTokenStoreOptions {
  /**
   * A connection of ioredis (`Redis`, `Cluster`) or node-redis (`createClient`, `createSentinel`, `createCluster`), 5
   * or later, which remains the caller's to connect, to listen to for errors, and to close. A second one like it is
   * opened to listen to what other processes publish.
   */
  readonly redis: RedisClient
  /** What tokens are sealed with: 32 random bytes, a ring of several keys, or a function that gives either. */
  readonly keys: StoreKeySource
  /**
   * What names are derived from, 32 random bytes; the same through all rotations of `keys`. Required with several keys
   * or a function. Default: the one key.
   */
  readonly namingSecret?: KeySecret
  /** What the names of all keys in Redis begin with. Default `mintmark`. */
  readonly prefix?: string
  /** See `SharedTokenStoreOptions.deadlineMs`: for a Redis that is far away. Default 250. */
  readonly deadlineMs?: number
}

/**
 * Makes a store in which the processes of a fleet share access tokens, for the option `store` of `createTokenClient`.
 * One store may be given to several clients. Does no I/O before the first token is asked for.
 *
 * Tokens are sealed with AES-256-GCM, and names are keyed hashes: Redis sees no token, client id, scope or secret. It
 * does see when tokens are renewed, and their fingerprints when they are refused.
 *
 * @throws TypeError for an unknown, missing or malformed option. Messages never show a key.
 */
export function redisTokenStore(options: RedisTokenStoreOptions): TokenStore {
  checkNames(options, ['redis', 'keys', 'namingSecret', 'prefix', 'deadlineMs'])
  const { redis, keys, namingSecret, prefix, deadlineMs } = options
  const sealing = createSealing({ keys, namingSecret })
  return sharedTokenStore({
    driver: resealing(redisSharedStore(redis, { prefix }), sealing),
    ...{ sealing, ...(deadlineMs !== undefined && { deadlineMs }) },
  })
}
