/** node-redis: standalone, through Sentinel, or a cluster. */
import type { RedisConnection } from './redis-connection.ts'

interface ScriptInput {
  readonly keys: string[]
  readonly arguments: string[]
}

/** What `createClient`, `createSentinel` and `createCluster` of node-redis give. */
export interface NodeRedisClient {
  evalSha(sha: string, input: ScriptInput): Promise<unknown>
  eval(source: string, input: ScriptInput): Promise<unknown>
}

/** A client or sentinel, which a cluster has one of for each node. */
interface NodeRedisServer {
  duplicate(): NodeRedisServer
  on(event: string, listener: () => void): unknown
  connect(): Promise<unknown>
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  destroy(): unknown
  unref?(): void
}

interface NodeRedisCluster {
  getRandomNode(): unknown
  nodeClient(node: unknown): Promise<NodeRedisServer>
}

/** Whether `redis` is of node-redis, of a version that can end a connection at once: 5 and later. */
export function isNodeRedis(redis: unknown): redis is NodeRedisClient {
  const { evalSha, eval: evaluate, duplicate, destroy } = (redis ?? {}) as Record<string, unknown>
  return [evalSha, evaluate, duplicate, destroy].every((method) => typeof method === 'function')
}

/** Wraps a client of node-redis. */
export function nodeRedisConnection(redis: NodeRedisClient): RedisConnection {
  const input = (key: string, parameters: readonly string[]): ScriptInput => ({
    keys: [key],
    arguments: [...parameters],
  })
  return {
    evaluateCached: (sha, key, parameters) => redis.evalSha(sha, input(key, parameters)),
    evaluate: (source, key, parameters) => redis.eval(source, input(key, parameters)),
    listen: async (...parameters) => listen(await serverOf(redis), ...parameters),
  }
}

/** One node is enough: a cluster passes publications on to all, and a node tells when its connection is lost. */
async function serverOf(redis: object): Promise<NodeRedisServer> {
  if (!('nodeClient' in redis)) return redis as NodeRedisServer
  const cluster = redis as NodeRedisCluster
  return cluster.nodeClient(cluster.getRandomNode())
}

async function listen(
  server: NodeRedisServer,
  ...[channel, onMessage, onLost, signal]: Parameters<RedisConnection['listen']>
): Promise<() => void> {
  const connection = server.duplicate()
  signal.addEventListener('abort', () => end(connection), { once: true })
  let isListening = false
  const lost = new Promise<never>((_resolve, reject) => {
    // The library would connect again by itself, without telling what was missed.
    connection.on('error', () => {
      end(connection)
      reject(new Error('the connection was lost'))
      if (isListening) onLost()
    })
  })
  const listening = connection.connect().then(() => connection.subscribe(channel, onMessage))
  try {
    await Promise.race([lost, listening])
  } catch (error) {
    end(connection)
    throw error
  }
  connection.unref?.()
  isListening = true
  // Of a sentinel: another server was made the primary. It tells the same while it connects for the first time.
  connection.on('topology-change', () => onLost())
  return () => end(connection)
}

/** Ends a connection in whatever state it is; the library fails when there is nothing to end. */
function end(connection: NodeRedisServer): void {
  const destroy = async (): Promise<unknown> => connection.destroy()
  destroy().catch(() => {})
}
