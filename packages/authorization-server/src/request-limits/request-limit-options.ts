/** How much may be asked for at the endpoints for clients: what is configured, and what holds where nothing is. */
import { type Limiter, type LimitPolicy, limitPolicy, shareOf } from '@mintmark/limits'
import {
  addressFailuresPerMinuteDefault,
  clientFailuresPerMinuteDefault,
  ipv6PrefixBitsDefault,
} from '../limits.ts'

/** So many requests in so much time. */
export interface RequestRate {
  /** Requests in a window, 1 to 10^9, and at most 10,000 in a second. */
  readonly quota: number
  /** Whole seconds, 1 to 31 days. */
  readonly windowSeconds: number
  /** Requests that somebody who has been quiet may send at once. Default: the quota. */
  readonly burst?: number | undefined
}

/** How failed authentication is limited. */
export interface FailureRates {
  /** Failures of one client from one address. Default: 30 in 60 seconds; 60 with the dialect `credicorp`. */
  readonly perClient?: RequestRate | undefined
  /** Failures from one address. Default: 300 in 60 seconds; 60 with the dialect `credicorp`. */
  readonly perAddress?: RequestRate | undefined
}

/** What a limiter of this server is made with. */
export interface LimiterGround {
  /** For the names under which others keep units: 32 bytes that all nodes with one master key derive alike. */
  readonly namingSecret: Uint8Array
}

/** Makes the limiter once the storage is open. */
export type LimiterMaker = (ground: LimiterGround) => Limiter

/** The limits at the endpoints for clients. */
export interface RequestLimitOptions {
  /**
   * All requests of one address, counted before anything of them is read. Clients behind one address share it.
   * Default: none.
   */
  readonly addresses?: RequestRate | 'none' | undefined
  /** Requests of one client that has authenticated. Default: none; 600 in 60 seconds with the dialect `credicorp`. */
  readonly clients?: RequestRate | 'none' | undefined
  /**
   * Failed authentication. Without addresses, as behind the fetch handler, nothing of it is counted: everybody would
   * share one bucket, and anybody could fill it.
   */
  readonly failures?: FailureRates | 'none' | undefined
  /**
   * Where units are counted, or what makes it. Default: in memory, for this process alone; `redisLimiter` is for
   * several.
   */
  readonly limiter?: Limiter | LimiterMaker | undefined
  /**
   * Without a limiter: the share of every limit and quota that this process grants, above 0 to 1; with n processes on
   * one port, 1 / n keeps the sum. Never less than one unit. Default 1.
   */
  readonly share?: number | undefined
  /** Bits of an IPv6 address that make up its bucket, 32 to 128. Default 64. */
  readonly ipv6PrefixBits?: number | undefined
}

/** The limits of a dialect, where nothing else is configured. */
export interface DialectLimits {
  readonly failures: FailurePolicies
  readonly clients: LimitPolicy | undefined
}

/** The limits with every default applied. */
export interface RequestPolicies {
  readonly addresses: LimitPolicy | undefined
  readonly clients: LimitPolicy | undefined
  readonly failures: FailurePolicies | undefined
  readonly limiter: Limiter | LimiterMaker | undefined
  /** What is granted of quotas here; in the policies it is contained already. */
  readonly share: number
  readonly ipv6PrefixBits: number
}

/** How failed authentication is limited. */
export interface FailurePolicies {
  readonly perClient: LimitPolicy
  readonly perAddress: LimitPolicy
}

/** What holds where neither options nor dialect say anything. */
export const ordinaryLimits: DialectLimits = {
  failures: {
    perClient: perMinute('client-failures', clientFailuresPerMinuteDefault),
    perAddress: perMinute('failures', addressFailuresPerMinuteDefault),
  },
  clients: undefined,
}

const OPTIONS = ['addresses', 'clients', 'failures', 'limiter', 'share', 'ipv6PrefixBits']

/** Throws TypeError for an option that is unknown or unusable, naming it. */
export function resolveRequestLimits(
  options: RequestLimitOptions,
  dialect: DialectLimits,
): RequestPolicies {
  refuseUnknown('limits', options, OPTIONS)
  const { addresses, clients, limiter, ipv6PrefixBits = ipv6PrefixBitsDefault } = options
  if (!Number.isInteger(ipv6PrefixBits) || ipv6PrefixBits < 32 || ipv6PrefixBits > 128) {
    throw new TypeError('option "limits.ipv6PrefixBits" must be a whole number from 32 to 128')
  }
  const share = limiter === undefined ? shareIn(options) : 1
  const own = (policy: LimitPolicy): LimitPolicy => (share < 1 ? shareOf(policy, share) : policy)
  const addressPolicy = policyOf('addresses', addresses, undefined, 'address')
  const clientPolicy = policyOf('clients', clients, dialect.clients, 'client')
  const failures = failurePolicies(options.failures, dialect)
  return {
    addresses: addressPolicy && own(addressPolicy),
    clients: clientPolicy && own(clientPolicy),
    failures: failures && {
      perClient: own(failures.perClient),
      perAddress: own(failures.perAddress),
    },
    ...{ limiter, share, ipv6PrefixBits },
  }
}

function shareIn({ share = 1 }: RequestLimitOptions): number {
  if (share > 0 && share <= 1) return share
  throw new TypeError('option "limits.share" must be above 0, and at most 1')
}

function failurePolicies(
  given: RequestLimitOptions['failures'],
  dialect: DialectLimits,
): FailurePolicies | undefined {
  if (given === 'none') return undefined
  const { perClient, perAddress }: FailureRates = given ?? {}
  refuseUnknown('limits.failures', given ?? {}, ['perClient', 'perAddress'])
  return {
    perClient: ratePolicy('failures.perClient', perClient, dialect.failures.perClient),
    perAddress: ratePolicy('failures.perAddress', perAddress, dialect.failures.perAddress),
  }
}

function policyOf(
  option: string,
  given: RequestRate | 'none' | undefined,
  fallback: LimitPolicy | undefined,
  name: string,
): LimitPolicy | undefined {
  if (given === 'none') return undefined
  if (given === undefined) return fallback
  return madePolicy(option, given, fallback?.name ?? name)
}

function ratePolicy(
  option: string,
  given: RequestRate | undefined,
  fallback: LimitPolicy,
): LimitPolicy {
  return given === undefined ? fallback : madePolicy(option, given, fallback.name)
}

function madePolicy(option: string, given: RequestRate, name: string): LimitPolicy {
  const { quota, windowSeconds, burst }: RequestRate = Object(given)
  try {
    return limitPolicy({ name, quota, windowSeconds, burst })
  } catch (error) {
    throw new TypeError(`option "limits.${option}" is not a rate`, { cause: error })
  }
}

function perMinute(name: string, quota: number): LimitPolicy {
  return limitPolicy({ name, quota, windowSeconds: 60 })
}

function refuseUnknown(option: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw new TypeError(`option "${option}.${name}" is not known`)
  }
}
