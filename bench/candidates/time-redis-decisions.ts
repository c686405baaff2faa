/** The process that decides in Redis, one decision after another or many at a time. */
import { limitPolicy } from '@mintmark/limits'
import { redisLimiter } from '@mintmark/limits/redis'
import { Redis } from 'ioredis'

/** What the parent asks for. */
export interface RedisDecisionPlan {
  readonly port: number
  /** `PING` for the round trip itself. */
  readonly kind: 'PING' | 'one bucket' | 'three buckets'
  readonly inFlight: number
  readonly calls: number
}

/** What the process prints. */
export interface RedisDecisionTiming {
  readonly microsecondsPerCall: number
}

const KEYS = 1_000
const MICROSECONDS_PER_MS = 1_000

async function main({ port, kind, inFlight, calls }: RedisDecisionPlan): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1' })
  const call = callOf(redis, kind)
  await together(call, inFlight, Math.min(calls, KEYS))
  const startedAt = performance.now()
  const right = await together(call, inFlight, calls)
  const microsecondsPerCall = ((performance.now() - startedAt) * MICROSECONDS_PER_MS) / calls
  redis.disconnect()
  if (right !== calls) throw new Error(`${calls - right} of ${calls} calls had a wrong result`)
  process.stdout.write(`${JSON.stringify({ microsecondsPerCall })}\n`)
}

function callOf(redis: Redis, kind: RedisDecisionPlan['kind']): (at: number) => Promise<boolean> {
  if (kind === 'PING') return async () => (await redis.ping()) === 'PONG'
  const names = kind === 'one bucket' ? ['one'] : ['one', 'two', 'three']
  const policies = names.map((name) =>
    limitPolicy({ name, quota: 600_000, windowSeconds: 60, burst: 1_000_000 }),
  )
  const namingSecret = 'a secret of this benchmark'
  const limiter = redisLimiter({ redis, namingSecret, deadlineMs: 1_000 })
  return async (at) => {
    const key = `partner-${at % KEYS}`
    const { allowed, basis } = await limiter.check(policies.map((policy) => ({ policy, key })))
    return allowed && basis === 'buckets'
  }
}

async function together(
  call: (at: number) => Promise<boolean>,
  inFlight: number,
  calls: number,
): Promise<number> {
  let started = 0
  let right = 0
  const lane = async (): Promise<void> => {
    while (started < calls) {
      started += 1
      if (await call(started)) right += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return right
}

await main(JSON.parse(process.argv[2] ?? '') as RedisDecisionPlan)
