/** Connections of both client libraries to real Redis servers, as the tests of the driver need them. */
import type { TestContext } from 'node:test'
import { setTimeout as passed } from 'node:timers/promises'
import { redisSharedStore } from '@mintmark/client/redis'
import type { Publication, SharedStore } from '@mintmark/client/shared-store'
import type { RedisCluster, RedisProcess, RedisSentinelGroup, StoreWorld } from '@mintmark/testkit'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'

/** Somebody's connection, and how to end it. */
export interface LibraryConnection {
  readonly redis: Parameters<typeof redisSharedStore>[0]
  end(): void
}

/** Opens a connection. */
export type OpenConnection = () => Promise<LibraryConnection>

const host = '127.0.0.1'
const silent = (): void => {}

export const ioredisTo =
  ({ port }: RedisProcess): OpenConnection =>
  async () => {
    const redis = new Redis({ host, port, retryStrategy: () => 50 }).on('error', silent)
    return { redis, end: () => redis.disconnect() }
  }

export const ioredisToCluster =
  ({ nodes }: RedisCluster): OpenConnection =>
  async () => {
    const redis = new Cluster(nodes.map(({ port }) => ({ host, port }))).on('error', silent)
    return { redis, end: () => redis.disconnect() }
  }

export const ioredisToSentinel =
  ({ name, sentinel }: RedisSentinelGroup): OpenConnection =>
  async () => {
    const sentinels = [{ host, port: sentinel.port }]
    const redis = new Redis({ sentinels, name, retryStrategy: () => 50 }).on('error', silent)
    return { redis, end: () => redis.disconnect() }
  }

export const nodeRedisTo =
  ({ port }: RedisProcess): OpenConnection =>
  async () => {
    const client = createClient({ socket: { host, port, reconnectStrategy: 50 } })
    const redis = await client.on('error', silent).connect()
    return { redis, end: () => redis.destroy() }
  }

export const nodeRedisToCluster =
  ({ nodes }: RedisCluster): OpenConnection =>
  async () => {
    const rootNodes = nodes.map(({ port }) => ({ socket: { host, port } }))
    const redis = await createCluster({ rootNodes }).on('error', silent).connect()
    return { redis, end: () => redis.destroy() }
  }

export const nodeRedisToSentinel =
  ({ name, sentinel }: RedisSentinelGroup): OpenConnection =>
  async () => {
    const sentinelRootNodes = [{ host, port: sentinel.port }]
    const redis = await createSentinel({ name, sentinelRootNodes }).on('error', silent).connect()
    return { redis, end: () => void redis.destroy() }
  }

/** Drivers on two connections, with a prefix for each world, and an end to all of it. */
export interface RedisWorlds {
  /** An empty store in real time. */
  open(): Promise<StoreWorld>
  close(): Promise<void>
}

/** Makes worlds on connections that `connect` opens, apart from those with another `title`. */
export async function redisWorlds(title: string, connect: OpenConnection): Promise<RedisWorlds> {
  const connections = [await connect(), await connect()] as const
  const drivers: SharedStore[] = []
  let opened = 0
  return {
    open: async () => {
      opened += 1
      const prefix = `${title}:${opened}`
      return {
        connect: async () => {
          const { redis } = connections[drivers.length % 2 === 0 ? 0 : 1]
          const driver = redisSharedStore(redis, { prefix })
          drivers.push(driver)
          return driver
        },
        pass: (ms) => passed(ms),
      }
    },
    close: async () => {
      await Promise.all(drivers.map((driver) => driver.close()))
      for (const connection of connections) connection.end()
    },
  }
}

/** A driver on a connection of its own, for one test. */
export async function driverOn(t: TestContext, connect: OpenConnection): Promise<SharedStore> {
  const { redis, end } = await connect()
  const driver = redisSharedStore(redis)
  t.after(async () => {
    await driver.close()
    end()
  })
  return driver
}

/** How many connections listen to a server. */
export async function listeners(server: RedisProcess): Promise<number> {
  const clients = await server.command('client', 'list', 'type', 'pubsub')
  return clients === '' ? 0 : clients.split('\n').length
}

/** Repeats what fails while servers and connections come back. */
export async function again<Value>(operation: () => Promise<Value>): Promise<Value> {
  for (let left = 20; ; left -= 1) {
    try {
      return await operation()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

/** What a listener of a driver has heard so far. */
export interface Heard {
  readonly publications: Publication[]
  readonly gaps: number
  /** Listens no more. */
  readonly stop: () => Promise<void>
}

/** Listens to a driver until it is stopped. */
export async function hearing(driver: SharedStore): Promise<Heard> {
  const publications: Publication[] = []
  let gaps = 0
  const stop = await driver.subscribe(
    (publication) => publications.push(publication),
    () => {
      gaps += 1
    },
  )
  return {
    ...{ publications, stop },
    get gaps() {
      return gaps
    },
  }
}
