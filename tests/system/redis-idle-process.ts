/** A program that uses a shared token, closes its own connection to Redis, and forgets to dispose of its client. */
import { createTokenClient } from '@mintmark/client'
import { redisTokenStore } from '@mintmark/client/redis'
import type { RedisProcess } from '@mintmark/testkit'
import { ioredisTo, nodeRedisTo } from './redis-worlds.ts'

const [library, port, tokenEndpoint = ''] = process.argv.slice(2)
const server = { port: Number(port) } as RedisProcess
const { redis, end } = await (library === 'ioredis' ? ioredisTo(server) : nodeRedisTo(server))()
const keys = Buffer.from('0123456789abcdefghijklmnopqrstuv')
const client = createTokenClient({
  ...{ tokenEndpoint, clientId: 'idle', clientSecret: 'w7Qm2nZx5cV9bKf3' },
  store: redisTokenStore({ redis, keys }),
})
const token = await client.token()
end()
process.stdout.write(token.fingerprint)
