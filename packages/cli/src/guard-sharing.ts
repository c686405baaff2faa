/**
 * What several guards of one API share, from the settings: limits and used proofs in Redis, and a key from which the
 * names there and the nonces of proofs are made.
 *
 * Invariants
 *  (1) Neither an address nor a client can be read out of Redis: without the key nothing is kept there.
 *  (2) A guard starts, and goes on, without Redis.
 */
import { hkdfSync } from 'node:crypto'
import type { LimitEvent, Limiter, ReplayStore } from '@mintmark/limits'
import type { GuardOptions } from '@mintmark/resource-server'
import type { Clock, Observer } from '@mintmark/runtime'
import type { Redis } from 'ioredis'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'
import type { GuardServerEvent } from './forward-auth/guard-log.ts'
import type { SharedStore } from './forward-auth/shared-stores.ts'
import { readKeyFile } from './key-file.ts'
import { redisStartMsMax } from './limits.ts'
import { redisConnection } from './redis-connection.ts'
import { flagOf } from './settings.ts'

/** The settings that say it. */
export const guardSharingSettings = [
  ...(['redis', 'redisDeadlineMs', 'whenRedisUnavailable', 'whenProofStoreUnavailable'] as const),
  'sharedKeyFile',
] as const

/** Beside those, the settings of what is shared. */
type SharingInvocation = Invocation<
  | (typeof guardSharingSettings)[number]
  | ('audience' | 'publicOrigin' | 'dpopNonces' | 'limitAddress' | 'limitClient')
>

/** What is shared; `undefined` for what this process has for itself. */
export interface GuardSharing {
  readonly limiter: Limiter | undefined
  readonly replayStore: ReplayStore | undefined
  readonly replayWhenUnavailable: GuardOptions['replayWhenUnavailable']
  /** How long that store is waited for. */
  readonly replayDeadlineMs: number | undefined
  readonly nonceKey: Uint8Array | undefined
  /** What of it is in use. */
  readonly stores: readonly SharedStore[]
  /** Connects. Tells within a second whether that has failed, or is not done yet: nobody waits for Redis. */
  begin(): Promise<'connected' | 'away' | undefined>
  /** Closes the connection. */
  end(): void
}

/**
 * Makes it. Nothing is connected yet.
 *
 * @throws CommandFailure `setting_missing` (usage) for settings that say nothing alone, and those of the key file.
 */
export async function guardSharing(
  invocation: SharingInvocation,
  observer: Observer<GuardServerEvent>,
): Promise<GuardSharing> {
  const { settings, edge } = invocation
  requireSense(invocation)
  const [url, file] = [settings.value('redis'), settings.value('sharedKeyFile')]
  if (file === undefined) return alone
  const key = await readKeyFile(file, 'shared_key', edge)
  const withKey = { ...alone, nonceKey: derivedKey(key, 'nonces') }
  return url === undefined
    ? withKey
    : { ...withKey, ...(await inRedis(url, key, invocation, observer)) }
}

const alone: GuardSharing = {
  ...{ limiter: undefined, replayStore: undefined, replayWhenUnavailable: undefined },
  ...{ replayDeadlineMs: undefined, nonceKey: undefined, stores: [] },
  begin: async () => undefined,
  end: () => undefined,
}

/** What there is to be kept in Redis. */
function storesOf({ settings }: SharingInvocation): readonly SharedStore[] {
  const isLimited = settings.value('limitAddress') ?? settings.value('limitClient')
  return [
    ...(isLimited === undefined ? [] : (['limits'] as const)),
    ...(settings.value('publicOrigin') === undefined ? [] : (['proofs'] as const)),
  ]
}

function requireSense(invocation: SharingInvocation): void {
  const { settings } = invocation
  const has = (name: Parameters<typeof settings.source>[0]) => settings.source(name) !== 'default'
  const stores = storesOf(invocation)
  if (has('redis')) {
    if (!has('sharedKeyFile')) throw missing('--redis needs --shared-key-file')
    if (stores.length === 0) throw missing(`--redis says nothing without ${LIMITS}, or ${PROOFS}`)
  } else if (has('sharedKeyFile') && !has('dpopNonces')) {
    throw missing('--shared-key-file says nothing without --redis or --dpop-nonces')
  }
  if (has('redisDeadlineMs') && !has('redis')) throw missing('--redis-deadline-ms needs --redis')
  for (const [name, store, needed] of MODES) {
    if (!has(name) || (has('redis') && stores.includes(store))) continue
    throw missing(`${flagOf(name)} needs --redis and ${needed}`)
  }
}

const LIMITS = '--limit-address or --limit-client'
const PROOFS = '--public-origin'
const MODES = [
  ['whenRedisUnavailable', 'limits', LIMITS],
  ['whenProofStoreUnavailable', 'proofs', PROOFS],
] as const

function missing(message: string) {
  return usageFailure('setting_missing', message)
}

async function inRedis(
  url: string,
  key: Uint8Array,
  invocation: SharingInvocation,
  observer: Observer<GuardServerEvent>,
): Promise<Omit<GuardSharing, 'nonceKey'>> {
  const { settings, edge } = invocation
  const { clock, random } = edge
  const deadlineMs = settings.value('redisDeadlineMs')
  const { redisLimiter } = await import('@mintmark/limits/redis')
  const { redisReplayStore } = await import('@mintmark/resource-server/redis')
  const redis = await redisConnection(url)
  return {
    // Guards of other APIs in the same Redis, with the same key, have buckets of their own.
    limiter: redisLimiter({
      ...{ redis, clock, deadlineMs, whenUnavailable: settings.value('whenRedisUnavailable') },
      observer: (event) => isOutage(event) && observer(event),
      namingSecret: derivedKey(key, `limits of ${settings.required('audience')}`),
    }),
    replayStore: redisReplayStore({ redis, random }),
    replayWhenUnavailable: settings.value('whenProofStoreUnavailable'),
    replayDeadlineMs: deadlineMs,
    stores: storesOf(invocation),
    begin: () => connected(redis, clock),
    end: () => redis.disconnect(),
  }
}

type LimitOutage = Extract<LimitEvent, GuardServerEvent>

function isOutage(event: LimitEvent): event is LimitOutage {
  return event.type === 'shared_limits_unavailable' || event.type === 'shared_limits_recovered'
}

/** One secret for each purpose (HKDF, RFC 5869), so that none of them tells anything of another. */
function derivedKey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `mintmark guard ${purpose}`, 32))
}

function connected(redis: Redis, clock: Clock): Promise<'connected' | 'away'> {
  return new Promise((resolve) => {
    const timer = clock.schedule(redisStartMsMax, () => resolve('away'))
    const end = (state: 'connected' | 'away') => () => {
      timer.cancel()
      resolve(state)
    }
    redis.connect().then(end('connected'), end('away'))
  })
}
