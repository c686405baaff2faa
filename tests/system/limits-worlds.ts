/** Limiters of both client libraries on real Redis servers, and what a test wants to know about them. */
import type { TestContext } from 'node:test'
import type { LimitEvent, Limiter, LimitPolicy, LimitRequest, LimitVerdict } from '@mintmark/limits'
import { type RedisLimiterOptions, redisLimiter } from '@mintmark/limits/redis'
import { type RedisProcess, startRedisServer } from '@mintmark/testkit'
import {
  ioredisTo,
  ioredisToCluster,
  nodeRedisTo,
  nodeRedisToCluster,
  type OpenConnection,
} from './redis-worlds.ts'

/** What a connection gives for a limiter. */
export type LimiterConnection = RedisLimiterOptions['redis']

export const namingSecret = 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa'

/** Both libraries, to one server. */
export const standalone = [
  ['ioredis', ioredisTo],
  ['node-redis', nodeRedisTo],
] as const

/** Both libraries, to a cluster. */
export const clustered = [
  ['ioredis', ioredisToCluster],
  ['node-redis', nodeRedisToCluster],
] as const

/** A server for one test. */
export async function serverFor(t: TestContext): Promise<RedisProcess> {
  const server = await startRedisServer()
  t.after(() => server.stop())
  return server
}

/** A limiter on a connection of its own, with what it tells. */
export interface LimiterWorld {
  readonly limiter: Limiter
  readonly redis: LimiterConnection
  readonly events: readonly LimitEvent[]
}

/**
 * A limiter for one test. Its deadline is a second unless the test is about it: a busy machine is not what most tests
 * are about.
 */
export async function limiterOn(
  t: TestContext,
  connect: OpenConnection,
  options: Partial<RedisLimiterOptions> = {},
): Promise<LimiterWorld> {
  const { redis, end } = await connect()
  t.after(() => end())
  const events: LimitEvent[] = []
  const observer = (event: LimitEvent) => events.push(event)
  const limiter = redisLimiter({ redis, namingSecret, deadlineMs: 1_000, observer, ...options })
  return { limiter, redis, events }
}

/** What of a verdict can be compared with that of the model. */
export function comparable({ allowed, states, violated, shadowed }: LimitVerdict) {
  const names = (policies: readonly LimitPolicy[]) => policies.map(({ name }) => name)
  return {
    allowed,
    states: states.map(({ fits, remaining, resetMs, retryAfterMs }) => ({
      ...{ fits, remaining, resetMs, retryAfterMs },
    })),
    violated: names(violated),
    shadowed: names(shadowed),
  }
}

/** A connection that notes when Redis made each decision, by its own clock. */
export function watched(redis: LimiterConnection): {
  readonly redis: LimiterConnection
  readonly decidedAtUs: readonly number[]
} {
  const decidedAtUs: number[] = []
  const note = async (method: string, parameters: readonly unknown[]): Promise<unknown> => {
    const run = (redis as unknown as Record<string, (...all: readonly unknown[]) => unknown>)[
      method
    ]
    const reply = await run?.apply(redis, [...parameters])
    if (Array.isArray(reply)) decidedAtUs.push(Number(reply[0]))
    return reply
  }
  const watching = Object.fromEntries(
    ['evalsha', 'evalSha', 'eval']
      .filter((method) => method in redis)
      .map((method) => [method, (...parameters: unknown[]) => note(method, parameters)]),
  )
  return { redis: watching as unknown as LimiterConnection, decidedAtUs }
}

/** One bucket, asked for so many times at once. */
export async function allowedOf(
  limiters: readonly Limiter[],
  request: LimitRequest,
  count: number,
): Promise<number> {
  const verdicts = await Promise.all(
    Array.from({ length: count }, async (_, at) =>
      limiters[at % limiters.length]?.check([request]),
    ),
  )
  return verdicts.filter((verdict) => verdict?.allowed === true).length
}
