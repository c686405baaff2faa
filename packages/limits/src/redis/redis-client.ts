/**
 * The caller's connection to Redis: of ioredis or of node-redis, told apart by its methods, so that nothing is imported
 * at run time and whoever uses one library need not have the other. Standalone, through Sentinel, or a cluster.
 */

/** What a `Redis` or `Cluster` of ioredis has. */
export interface IoredisClient {
  evalsha(sha: string, keyCount: number, ...parameters: string[]): Promise<unknown>
  eval(source: string, keyCount: number, ...parameters: string[]): Promise<unknown>
}

/** What `createClient`, `createSentinel` and `createCluster` of node-redis give. */
export interface NodeRedisClient {
  evalSha(sha: string, input: ScriptInput): Promise<unknown>
  eval(source: string, input: ScriptInput): Promise<unknown>
}

interface ScriptInput {
  readonly keys: string[]
  readonly arguments: string[]
}

/** A connection that the caller has made. */
export type RedisClient = IoredisClient | NodeRedisClient

/** A client library behind the operations that are needed. Rejects with whatever the library rejects with. */
export interface RedisConnection {
  /** Runs a script that Redis has, by its SHA-1. */
  evaluateCached(sha: string, keys: readonly string[], args: readonly string[]): Promise<unknown>
  /** Runs a script by its source, which Redis keeps from then on. */
  evaluate(source: string, keys: readonly string[], args: readonly string[]): Promise<unknown>
}

/** Throws `TypeError` for anything but a connection of one of the libraries. */
export function connectionOf(redis: RedisClient): RedisConnection {
  if (has<IoredisClient>(redis, 'evalsha', 'eval')) return ioredisConnection(redis)
  if (has<NodeRedisClient>(redis, 'evalSha', 'eval')) return nodeRedisConnection(redis)
  throw new TypeError('redis: expected a connection of ioredis or node-redis')
}

function has<Client>(redis: unknown, ...methods: readonly (keyof Client)[]): redis is Client {
  const members = (redis ?? {}) as Client
  return methods.every((method) => typeof members[method] === 'function')
}

function ioredisConnection(redis: IoredisClient): RedisConnection {
  return {
    evaluateCached: (sha, keys, args) => redis.evalsha(sha, keys.length, ...keys, ...args),
    evaluate: (source, keys, args) => redis.eval(source, keys.length, ...keys, ...args),
  }
}

function nodeRedisConnection(redis: NodeRedisClient): RedisConnection {
  const input = (keys: readonly string[], args: readonly string[]): ScriptInput => ({
    keys: [...keys],
    arguments: [...args],
  })
  return {
    evaluateCached: (sha, keys, args) => redis.evalSha(sha, input(keys, args)),
    evaluate: (source, keys, args) => redis.eval(source, input(keys, args)),
  }
}
