/**
 * The sample API as a program of its own, in front of any issuer:
 *
 *   node main.ts https://issuer.example https://api.example/partner/v1 3000
 *
 * With REDIS_URL set, several of these count together. Ctrl-C ends it.
 */
import { createServer } from 'node:http'
import { clientAddressReader, createRings, type Limiter, memoryLimiter } from '@mintmark/limits'
import { redisLimiter } from '@mintmark/limits/redis'
import { createGuard } from '@mintmark/resource-server'
import { Redis } from 'ioredis'
import { createPartnerApi } from 'mintmark/partner-api'

const [issuer, audience, port = '3000'] = process.argv.slice(2)
if (issuer === undefined || audience === undefined) {
  console.error('usage: node main.ts ISSUER AUDIENCE [PORT]')
  process.exit(2)
}

// 1. The guard: who may come in. One per process; it keeps the issuer's keys and what it has verified.
const guard = createGuard({ issuer, audience })

// 2. The rings: how often. 60 calls in 60 s for an address, 600 in 60 s for a partner, 100 of them at once.
const rings = createRings({ limiter: limiterFor(process.env.REDIS_URL) })

// 3. Whose word about addresses is believed: that of our own proxies.
const addresses = clientAddressReader({ trustedProxies: ['10.0.0.0/8'] })

// 4. The API, and who listens. Limits on headers and time are those of the server.
const api = createPartnerApi({ doors: [{ path: '/partner/v1', guard }], rings, addresses })
const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 20_000 }, api)
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  console.log(`partner API on port ${typeof address === 'object' ? address?.port : port}`)
})

// 5. The end: no new connections, then everything that was held.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    guard.dispose()
  })
}

/** In memory, or shared by all processes. What happens while Redis is away is said here, not left to a time-out. */
function limiterFor(url: string | undefined): Limiter {
  if (url === undefined) return memoryLimiter()
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  const namingSecret = Buffer.from(process.env.NAMING_SECRET ?? '', 'hex')
  return redisLimiter({ redis, namingSecret, whenUnavailable: 'local', localShare: 0.5 })
}
