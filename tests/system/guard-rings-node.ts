/** One node of an API behind the guard and both rings, which counts in Redis: in this process, or as one of its own. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  clientAddressReader,
  createRings,
  type LimitEvent,
  type Limiter,
  limitPolicy,
} from '@mintmark/limits'
import { type RedisLimiterOptions, redisLimiter } from '@mintmark/limits/redis'
import { createGuard, type GuardOptions } from '@mintmark/resource-server'
import { Redis } from 'ioredis'
import { createPartnerApi } from 'mintmark/partner-api'

/** What a node is told. */
export interface NodeOrders {
  readonly issuer: string
  readonly audience: string
  readonly redisPort: number
  readonly whenUnavailable: NonNullable<RedisLimiterOptions['whenUnavailable']>
  readonly deadlineMs: number
  /** Units at once; what comes back in an hour is one. */
  readonly publicBurst: number
  readonly partnerBurst: number
}

/** A node that listens. */
export interface RingNode {
  readonly origin: string
  readonly limiter: Limiter
  readonly events: readonly LimitEvent[]
  close(): Promise<void>
}

/** Starts a node whose proxy is on the loopback interface. */
export async function startRingNode(
  orders: NodeOrders,
  guardOptions: Partial<GuardOptions> = {},
): Promise<RingNode> {
  const { issuer, audience, redisPort, whenUnavailable, deadlineMs } = orders
  const redis = new Redis(redisPort, '127.0.0.1', {
    ...{ enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => 50 },
  })
  redis.on('error', () => undefined)
  const events: LimitEvent[] = []
  const limiter = redisLimiter({
    ...{ redis, namingSecret: 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa', whenUnavailable, deadlineMs },
    observer: (event) => void events.push(event),
  })
  const hourly = { quota: 1, windowSeconds: 3_600 }
  const rings = createRings({
    limiter,
    publicPolicies: [limitPolicy({ ...hourly, name: 'public', burst: orders.publicBurst })],
    partnerPolicies: [limitPolicy({ ...hourly, name: 'partner', burst: orders.partnerBurst })],
  })
  const guard = createGuard({ issuer, audience, ...guardOptions })
  const addresses = clientAddressReader({ trustedProxies: ['127.0.0.1'] })
  const server = createServer(
    createPartnerApi({ doors: [{ path: '/partner/v1', guard }], rings, addresses }),
  )
  return {
    ...{ origin: await listening(server), limiter, events },
    async close() {
      guard.dispose()
      redis.disconnect()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

// As a process of its own it tells where it listens, and ends with whoever started it.
if (import.meta.main) {
  const node = await startRingNode(JSON.parse(process.argv[2] ?? '') as NodeOrders)
  process.stdout.write(`${node.origin}\n`)
  process.stdin.resume()
  process.stdin.once('end', () => process.exit(0))
}
