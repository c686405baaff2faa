/**
 * The limits of several processes: one script and one round trip for each decision, however many buckets it has, and a
 * declared behaviour when Redis cannot be asked (requirement A10).
 *
 * Invariants
 *  (1) No decision takes longer than its deadline, and none fails because of Redis.
 *  (2) Nothing queues for Redis: while it is away, decisions are made at once without it (see `redis-outage.ts`).
 *  (3) What was decided without Redis takes nothing there later.
 */
import {
  type Clock,
  checkNames,
  guarded,
  numberWithin,
  type Observer,
  oneOf,
  silent,
  systemClock,
} from '@mintmark/runtime'
import { type LimitEvent, tellExceeded } from '../events.ts'
import { type LimitPolicy, shareOf } from '../limit-policy.ts'
import type { Limiter, LimitPurpose, LimitRequest, LimitVerdict, MaybePromise } from '../limiter.ts'
import {
  namingSecretBytesMax,
  namingSecretBytesMin,
  redisDeadlineMsDefault,
  redisDeadlineMsMax,
  redisPrefixLengthMax,
} from '../limits.ts'
import { type MemoryLimiter, memoryLimiter } from '../memory-limiter.ts'
import { checkRequests, costOf, judge, verdictOnNothing } from '../verdict.ts'
import { BucketNames } from './bucket-names.ts'
import { connectionOf, type RedisClient } from './redis-client.ts'
import { RedisDecisions, RedisFailure } from './redis-decisions.ts'
import { RedisOutage } from './redis-outage.ts'

/**
 * What becomes of requests while Redis cannot be asked: all are allowed, all are refused (with 503, not 429), or this
 * process counts for itself.
 */
export type WhenUnavailable = 'allow' | 'refuse' | 'local'

/** The options of {@link redisLimiter}. */
export interface RedisLimiterOptions {
  /** A connection of ioredis or node-redis: standalone, through Sentinel, or a cluster. Never closed here. */
  readonly redis: RedisClient
  /** What keys are hashed with before they go to Redis: 16 to 64 bytes, the same in all processes. */
  readonly namingSecret: Uint8Array | string
  /** What all names begin with, 1 to 64 of `A-Z a-z 0-9 . : _ -`. Default `mintmark:limits`. */
  readonly prefix?: string | undefined
  /** How long a decision may take, in milliseconds, 1 to 1,000. Default 25. */
  readonly deadlineMs?: number | undefined
  /** Default `'local'`. */
  readonly whenUnavailable?: WhenUnavailable | undefined
  /**
   * With `'local'`: the share of each quota and burst that this process grants meanwhile, from above 0 to 1; with n
   * processes, 1 / n keeps the sum. Never less than one unit. Default 1.
   */
  readonly localShare?: number | undefined
  readonly observer?: Observer<LimitEvent> | undefined
  readonly clock?: Clock | undefined
}

const OPTIONS = [
  ...['redis', 'namingSecret', 'prefix', 'deadlineMs'],
  ...['whenUnavailable', 'localShare', 'observer', 'clock'],
]
const DEFAULT_PREFIX = 'mintmark:limits'
const PREFIX = /^[A-Za-z0-9.:_-]+$/

/**
 * Makes a limiter on a connection to Redis, or to anything that speaks like it (Valkey).
 *
 * Sends nothing before the first decision. What the connection itself reports (events called `error`) remains the
 * caller's to listen to. With access control it needs the keys that begin with `{prefix}`, and the commands EVAL,
 * EVALSHA, TIME, GET and SET.
 *
 * @throws TypeError or RangeError for an unknown, missing or malformed option. Messages never show the secret.
 */
export function redisLimiter(options: RedisLimiterOptions): Limiter {
  checkNames(options, OPTIONS, 'redisLimiter')
  const { clock = systemClock, observer = silent, prefix = DEFAULT_PREFIX } = options
  if (!PREFIX.test(prefix) || prefix.length > redisPrefixLengthMax) {
    throw new TypeError(`prefix: expected 1 to ${redisPrefixLengthMax} of A-Z a-z 0-9 . : _ -`)
  }
  const deadline = options.deadlineMs ?? redisDeadlineMsDefault
  const modes = ['allow', 'refuse', 'local'] as const
  return new RedisLimiter({
    decisions: new RedisDecisions({
      connection: connectionOf(options.redis),
      names: new BucketNames(prefix, secretBytes(options.namingSecret)),
      clock,
      deadlineMs: numberWithin('deadlineMs', deadline, 1, redisDeadlineMsMax),
    }),
    outage: new RedisOutage(clock, guarded(observer)),
    whenUnavailable: oneOf('whenUnavailable', options.whenUnavailable ?? 'local', modes),
    localShare: numberWithin('localShare', options.localShare ?? 1, Number.MIN_VALUE, 1),
    local: memoryLimiter({ clock, observer }),
    observer: guarded(observer),
  })
}

function secretBytes(secret: unknown): Uint8Array<ArrayBuffer> {
  const bytes =
    typeof secret === 'string'
      ? new TextEncoder().encode(secret)
      : new Uint8Array(secret instanceof Uint8Array ? secret : [])
  if (bytes.length >= namingSecretBytesMin && bytes.length <= namingSecretBytesMax) return bytes
  throw new TypeError(
    `namingSecret: expected ${namingSecretBytesMin} to ${namingSecretBytesMax} bytes`,
  )
}

interface RedisLimiterParts {
  readonly decisions: RedisDecisions
  readonly outage: RedisOutage
  readonly whenUnavailable: WhenUnavailable
  readonly localShare: number
  readonly local: MemoryLimiter
  readonly observer: Observer<LimitEvent>
}

class RedisLimiter implements Limiter {
  readonly #parts: RedisLimiterParts
  readonly #localPolicies = new WeakMap<LimitPolicy, LimitPolicy>()

  constructor(parts: RedisLimiterParts) {
    this.#parts = parts
  }

  check(requests: readonly LimitRequest[]): MaybePromise<LimitVerdict> {
    return this.#decide(requests, 'check')
  }

  peek(requests: readonly LimitRequest[]): MaybePromise<LimitVerdict> {
    return this.#decide(requests, 'peek')
  }

  charge(requests: readonly LimitRequest[]): MaybePromise<LimitVerdict> {
    return this.#decide(requests, 'charge')
  }

  #decide(requests: readonly LimitRequest[], purpose: LimitPurpose): MaybePromise<LimitVerdict> {
    checkRequests(requests)
    if (requests.length === 0) return judge(requests, [], purpose, 'buckets')
    const { outage, decisions } = this.#parts
    if (!outage.isOn) return this.#askRedis(requests, purpose)
    outage.probeWhenDue(() => decisions.probe())
    return this.#withoutRedis(requests, purpose)
  }

  async #askRedis(requests: readonly LimitRequest[], purpose: LimitPurpose): Promise<LimitVerdict> {
    const { outage, decisions, observer } = this.#parts
    try {
      const debtsUs = await decisions.debts(requests, purpose)
      const verdict = judge(requests, debtsUs, purpose, 'buckets')
      tellExceeded(observer, purpose, verdict)
      return verdict
    } catch (error) {
      if (!(error instanceof RedisFailure)) throw error
      outage.begin(error.reason)
      return this.#withoutRedis(requests, purpose)
    }
  }

  #withoutRedis(requests: readonly LimitRequest[], purpose: LimitPurpose): LimitVerdict {
    const { whenUnavailable, outage, local } = this.#parts
    if (whenUnavailable !== 'local') {
      return verdictOnNothing(whenUnavailable === 'allow', outage.remainingMs)
    }
    const own = requests.map((request) => this.#localRequest(request))
    return { ...local[purpose](own), basis: 'local' }
  }

  #localRequest(request: LimitRequest): LimitRequest {
    const policy = this.#localPolicy(request.policy)
    return { policy, key: request.key, cost: Math.min(costOf(request), policy.burst) }
  }

  #localPolicy(policy: LimitPolicy): LimitPolicy {
    const { localShare } = this.#parts
    if (localShare === 1) return policy
    const known = this.#localPolicies.get(policy)
    if (known !== undefined) return known
    const own = shareOf(policy, localShare)
    this.#localPolicies.set(policy, own)
    return own
  }
}
