/** Limits of the server and the Redis that several nodes share them and used assertions through, from the settings. */
import type {
  AuthorizationServerOptions,
  LimiterMaker,
  ReplayStore,
} from '@mintmark/authorization-server'
import type { LimitEvent } from '@mintmark/limits'
import type { Invocation } from './command.ts'
import { type CommandFailure, usageFailure } from './command-failure.ts'
import type { Output } from './output.ts'
import { redisConnection } from './redis-connection.ts'
import type { ServeLog } from './serve-log.ts'

/** The settings that say how much may be asked for. */
export const requestLimitSettings = [
  ...(['limitAddress', 'limitClient', 'trustedProxy', 'forwardedHeader'] as const),
  ...(['redis', 'whenRedisUnavailable'] as const),
  ...(['replayStore', 'whenReplayStoreUnavailable'] as const),
] as const

type LimitInvocation = Invocation<(typeof requestLimitSettings)[number]>

/** Limits, and the connection behind them. */
export interface OpenRequestLimits {
  readonly options: Pick<
    AuthorizationServerOptions,
    'limits' | 'trustedProxies' | 'forwardedHeader' | 'replayStore' | 'replayWhenUnavailable'
  >
  /** Opens the connection, and does not wait for it: a server starts without Redis. */
  begin(): void
  /** Closes it. */
  end(): void
}

/**
 * The limits that the settings ask for.
 *
 * @param processCount - How many processes serve together. While each counts for itself, it grants its share.
 *
 * @throws CommandFailure (usage) `setting_malformed` for what is no network, `setting_missing` for a
 *   mode without Redis.
 */
export async function openRequestLimits(
  invocation: LimitInvocation,
  log: ServeLog | undefined,
  processCount: number,
): Promise<OpenRequestLimits> {
  const { settings } = invocation
  const trustedProxies = settings.value('trustedProxy')
  const { requireNetworks } = await import('./forward-auth/peers.ts')
  requireNetworks(trustedProxies)
  const share = 1 / processCount
  const redis = await openSharedLimits(invocation, log, share)
  const limits = {
    addresses: settings.value('limitAddress'),
    clients: settings.value('limitClient'),
    ...{ limiter: redis?.limiter, share },
  }
  const forwardedHeader = settings.value('forwardedHeader')
  const options = {
    ...{ limits, trustedProxies, ...(forwardedHeader && { forwardedHeader }) },
    ...replayOf(invocation, redis?.replayStore),
  }
  return { options, begin: () => redis?.begin(), end: () => redis?.end() }
}

interface SharedLimits extends Pick<OpenRequestLimits, 'begin' | 'end'> {
  readonly limiter: LimiterMaker
  /** Used assertions can be remembered over the same connection. */
  readonly replayStore: ReplayStore
}

/** Where used assertions are remembered. In the storage of one process `memory` saves a write for each. */
function replayOf(
  { settings }: LimitInvocation,
  redis: ReplayStore | undefined,
): Pick<AuthorizationServerOptions, 'replayStore' | 'replayWhenUnavailable'> {
  const where = settings.value('replayStore') ?? (redis === undefined ? 'storage' : 'redis')
  const ofRedis = settings.value('whenRedisUnavailable') === 'refuse' ? 'refuse' : 'local'
  const replayWhenUnavailable =
    settings.value('whenReplayStoreUnavailable') ?? (where === 'redis' ? ofRedis : 'local')
  if (where !== 'redis') return { replayStore: where, replayWhenUnavailable }
  if (redis !== undefined) return { replayStore: redis, replayWhenUnavailable }
  throw usageFailure('setting_missing', '--replay-store redis needs --redis')
}

async function openSharedLimits(
  { settings, output, edge }: LimitInvocation,
  log: ServeLog | undefined,
  localShare: number,
): Promise<SharedLimits | undefined> {
  const url = settings.value('redis')
  const whenUnavailable = settings.value('whenRedisUnavailable')
  if (url === undefined) {
    if (whenUnavailable !== undefined) throw modeWithoutRedis()
    return undefined
  }
  const { redisLimiter } = await import('@mintmark/limits/redis')
  const redis = await redisConnection(url)
  const observer = redisNotices(output, log)
  const { redisReplayStore } = await import('@mintmark/authorization-server')
  const { clock, random } = edge
  return {
    replayStore: redisReplayStore({ redis, random }),
    limiter: ({ namingSecret }) =>
      redisLimiter({ redis, namingSecret, whenUnavailable, localShare, observer, clock }),
    begin: () => void redis.connect().catch(() => undefined),
    end: () => redis.disconnect(),
  }
}

/** Tells when Redis goes away and comes back, once each; refusals are told by the server. */
function redisNotices(output: Output, log: ServeLog | undefined): (event: LimitEvent) => void {
  return (event) => {
    if (event.type === 'shared_limits_unavailable') {
      output.notice('Redis cannot be asked; limits are as --when-redis-unavailable says')
      log?.lifecycle(event.type, { reason: event.reason })
    } else if (event.type === 'shared_limits_recovered') {
      output.notice(`Redis answers again, after ${Math.round(event.awaySeconds)} s`)
      log?.lifecycle(event.type, { away_seconds: event.awaySeconds })
    }
  }
}

function modeWithoutRedis(): CommandFailure {
  return usageFailure('setting_missing', '--when-redis-unavailable needs --redis')
}
