/**
 * Uses of what may be used once in Redis or Valkey, for processes with little delay between them and no database that
 * they share.
 *
 * Invariants
 *  (1) Of all nodes one is the first: `SET NX`, one command per use, which Redis runs in one step.
 *  (2) A command that the library sent twice, because the answer got lost with a connection, is not taken for a second
 *      use: each use writes a value of its own, and recognises it.
 *  (3) Redis forgets a use when what was used would be refused for its age.
 */
import { createIdentifierSource, type RandomSource, systemRandom } from '@mintmark/runtime'
import type { ReplayEntry, ReplayStore } from '../replay/replay-store.ts'

/** What a `Redis` or `Cluster` of ioredis has. */
export interface IoredisReplayClient {
  set(key: string, value: string, px: 'PX', milliseconds: number, nx: 'NX'): Promise<unknown>
  get(key: string): Promise<string | null>
  evalsha(...parameters: never[]): unknown
}

/** What `createClient`, `createSentinel` and `createCluster` of node-redis give. */
export interface NodeRedisReplayClient {
  set(
    key: string,
    value: string,
    options: {
      readonly expiration: { readonly type: 'PX'; readonly value: number }
      readonly condition: 'NX'
    },
  ): Promise<unknown>
  get(key: string): Promise<unknown>
  evalSha(...parameters: never[]): unknown
}

/** The options of {@link redisReplayStore}. */
export interface RedisReplayStoreOptions {
  /** The caller's own connection, of ioredis or of node-redis 5 and later. It is never closed here. */
  readonly redis: IoredisReplayClient | NodeRedisReplayClient
  /** What the names of keys begin with; the same wherever the same uses may arrive. Default `mintmark:replay:`. */
  readonly prefix?: string
  readonly random?: RandomSource
}

/**
 * Makes the store. Throws `TypeError` for anything but a connection of one of the libraries.
 *
 * Rejects with what the library rejects with; how long that is waited for is up to whoever asks.
 */
export function redisReplayStore(options: RedisReplayStoreOptions): ReplayStore {
  const { redis, prefix = 'mintmark:replay:', random = systemRandom } = options
  const { setOnce, get } = commandsOf(redis)
  const process = createIdentifierSource(random)()
  let uses = 0

  async function isFirst(entry: ReplayEntry, nowWallMs: number): Promise<boolean> {
    const name = prefix + entry.key
    uses += 1
    const own = `${process} ${uses}`
    const lifetimeMs = Math.max(1, Math.ceil(entry.expiresAtWallMs - nowWallMs))
    return (await setOnce(name, own, lifetimeMs)) || (await get(name)) === own
  }

  return {
    // The libraries send what is asked in one turn in one packet.
    consumeReplay: (entries, nowWallMs) =>
      Promise.all(entries.map((entry) => isFirst(entry, nowWallMs))),
  }
}

interface Commands {
  readonly setOnce: (name: string, value: string, lifetimeMs: number) => Promise<boolean>
  readonly get: (name: string) => Promise<unknown>
}

function commandsOf(redis: RedisReplayStoreOptions['redis']): Commands {
  const members: object = Object(redis)
  if ('evalsha' in members && 'set' in members) {
    const client = redis as IoredisReplayClient
    return {
      setOnce: async (name, value, lifetimeMs) =>
        (await client.set(name, value, 'PX', lifetimeMs, 'NX')) === 'OK',
      get: (name) => client.get(name),
    }
  }
  if ('evalSha' in members && 'set' in members) {
    const client = redis as NodeRedisReplayClient
    return {
      setOnce: async (name, value, lifetimeMs) => {
        const expiration = { type: 'PX', value: lifetimeMs } as const
        return (await client.set(name, value, { expiration, condition: 'NX' })) === 'OK'
      },
      get: (name) => client.get(name),
    }
  }
  throw new TypeError('option "redis" must be a connection of ioredis or node-redis')
}
