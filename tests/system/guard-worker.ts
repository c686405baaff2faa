/** One process of an API behind our guard whose used proofs are in Redis. Started by `guard-replay-redis.test.ts`. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import { redisReplayStore } from '@mintmark/resource-server/redis'
import { Redis } from 'ioredis'

/** What its parent says. */
export interface GuardWorkerSettings {
  readonly issuer: string
  readonly audience: string
  readonly publicOrigin: string
  readonly redisPort: number
  readonly whenUnavailable: 'refuse' | 'local'
}

const settings: GuardWorkerSettings = JSON.parse(process.argv[2] ?? '')
const redis = new Redis({ port: settings.redisPort, host: '127.0.0.1', retryStrategy: () => 50 })
redis.on('error', () => undefined)
await redis.ping()
const { issuer, audience, publicOrigin, whenUnavailable } = settings
const guard = createGuard({
  ...{ issuer, audience, publicOrigin },
  replayStore: redisReplayStore({ redis }),
  ...{ replayWhenUnavailable: whenUnavailable, replayDeadlineMs: 500 },
  observer: ({ type }) => void process.send?.({ event: type }),
})
const server = createServer(protect({ guard })((_, response) => void response.end('served')))
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
