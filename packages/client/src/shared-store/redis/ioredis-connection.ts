/** ioredis: standalone, through Sentinel, or a cluster. */
import { type RandomSource, uniform } from '@mintmark/runtime'
import { listenKeepAliveMs } from '../../limits.ts'
import type { RedisConnection } from './redis-connection.ts'

/** What a `Redis` or `Cluster` of ioredis has. */
export interface IoredisClient {
  evalsha(sha: string, keyCount: number, ...parameters: string[]): Promise<unknown>
  eval(source: string, keyCount: number, ...parameters: string[]): Promise<unknown>
}

/** A connection to one server, which a cluster has several of. */
interface IoredisNode {
  duplicate(options: object): IoredisNode
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  on(event: 'end' | 'error', listener: () => void): unknown
  connect(): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  disconnect(): void
  readonly stream?: { unref?(): unknown }
}

/** Whether `redis` is of ioredis. */
export function isIoredis(redis: unknown): redis is IoredisClient {
  const { evalsha, eval: evaluate, duplicate } = (redis ?? {}) as Record<string, unknown>
  return [evalsha, evaluate, duplicate].every((method) => typeof method === 'function')
}

/** Wraps a client of ioredis. `random` chooses the node of a cluster that is listened to first. */
export function ioredisConnection(redis: IoredisClient, random: RandomSource): RedisConnection {
  let turn = Math.floor(uniform(random) * TURNS)
  return {
    evaluateCached: (sha, key, parameters) => redis.evalsha(sha, 1, key, ...parameters),
    evaluate: (source, key, parameters) => redis.eval(source, 1, key, ...parameters),
    listen: async (...parameters) => {
      turn += 1
      return listen(serverOf(redis, turn), ...parameters)
    },
  }
}

/** More than any cluster has nodes. */
const TURNS = 1_000

/**
 * One server is enough: a cluster passes publications on to all. ioredis can listen to a cluster itself, but does not
 * tell when it moved to another node, and what was published meanwhile would be missed in silence. The nodes take
 * turns, so that one that is gone is not tried twice in a row.
 */
function serverOf(redis: object, turn: number): IoredisNode {
  if (!('nodes' in redis) || typeof redis.nodes !== 'function') return redis as IoredisNode
  const nodes: readonly IoredisNode[] = redis.nodes()
  const node = nodes[turn % nodes.length]
  if (node === undefined) throw new Error('no node of the cluster is known yet')
  return node
}

async function listen(
  server: IoredisNode,
  ...[channel, onMessage, onLost, signal]: Parameters<RedisConnection['listen']>
): Promise<() => void> {
  // A connection that ends is replaced by the caller, who has to know about it.
  const never = (): null => null
  const connection = server.duplicate({
    lazyConnect: true,
    retryStrategy: never,
    sentinelRetryStrategy: never,
    keepAlive: listenKeepAliveMs,
    // Scripts publish under the plain name, whatever the keys of the caller's connection begin with.
    keyPrefix: '',
  })
  signal.addEventListener('abort', () => connection.disconnect(), { once: true })
  connection.on('error', () => {})
  connection.on('end', onLost)
  connection.on('message', (_channel, message) => onMessage(message))
  try {
    await connection.connect()
    connection.stream?.unref?.()
    await connection.subscribe(channel)
  } catch (error) {
    connection.disconnect()
    throw error
  }
  return () => connection.disconnect()
}
