/**
 * One process of a fleet that calls Firsty Connect, the program of `dialects-firsty.test.ts`: it does as it is told by
 * IPC, one order at a time, and its clock can be moved.
 */
import { createTokenClient } from '@mintmark/client'
import { redisTokenStore } from '@mintmark/client/redis'
import { type Clock, systemClock } from '@mintmark/runtime'
import { Redis } from 'ioredis'

/** Where everything is. */
export interface WorkerWorld {
  readonly issuer: string
  readonly api: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redisPort: number
  /** The key that tokens are sealed with, in base64. */
  readonly sealingKey: string
}

/** What a worker can be told to do, and what it answers. */
export type Order =
  | { readonly order: 'call'; readonly count: number }
  | { readonly order: 'forget' }
  | { readonly order: 'advance'; readonly ms: number }
  | { readonly order: 'end' }

/** What came of an order. */
export interface Report {
  /** The statuses of the calls, or the codes of what they failed with, each once. */
  readonly outcomes: readonly (string | number)[]
  /** The fingerprint of the token at hand. */
  readonly fingerprint: string | undefined
}

const world = JSON.parse(process.argv[2] ?? '{}') as WorkerWorld
let offsetMs = 0
const clock: Clock = {
  wallMs: () => systemClock.wallMs() + offsetMs,
  monotonicMs: () => systemClock.monotonicMs() + offsetMs,
  schedule: (delayMs, task) => systemClock.schedule(delayMs, task),
}
const redis = new Redis({ host: '127.0.0.1', port: world.redisPort })
const client = createTokenClient({
  preset: 'firsty',
  issuer: world.issuer,
  clientId: world.clientId,
  clientSecret: world.clientSecret,
  allowedOrigins: [world.api],
  store: redisTokenStore({ redis, keys: Buffer.from(world.sealingKey, 'base64') }),
  clock,
})

async function call(): Promise<string | number> {
  try {
    const response = await client.fetch(`${world.api}/plans`)
    await response.arrayBuffer()
    return response.status
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

async function obey(order: Order): Promise<readonly (string | number)[]> {
  if (order.order === 'call') {
    return await Promise.all(Array.from({ length: order.count }, call))
  }
  if (order.order === 'forget') client.forget()
  if (order.order === 'advance') offsetMs += order.ms
  if (order.order === 'end') {
    await client.dispose()
    redis.disconnect()
    process.disconnect?.()
  }
  return []
}

process.on('message', async (order: Order) => {
  const outcomes = [...new Set(await obey(order))]
  const fingerprint = order.order === 'end' ? undefined : client.currentToken()?.fingerprint
  if (process.connected) process.send?.({ outcomes, fingerprint } satisfies Report)
})
