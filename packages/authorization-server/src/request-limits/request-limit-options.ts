/** How much may be asked for at the endpoints for clients: what is configured, and what holds where nothing is. */
import {
  type ForwardingHeader,
  type Limiter,
  type LimitPolicy,
  limitPolicy,
} from '@mintmark/limits'
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
  /** Failures of one client from one address. Default: 30 in 60 seconds. */
  readonly perClient?: RequestRate | undefined
  /** Requests of one address that fail before it is known who sends them. Default: 300 in 60 seconds. */
  readonly perAddress?: RequestRate | undefined
}

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
  /** Where units are counted: in memory by default, for this process alone; see `redisLimiter` for several. */
  readonly limiter?: Limiter | undefined
  /** Bits of an IPv6 address that make up its bucket, 32 to 128. Default 64. */
  readonly ipv6PrefixBits?: number | undefined
}

/** How the address of a client is found behind proxies. */
export interface ProxyOptions {
  /** Addresses and networks of our own proxies. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined
  /** The one header field that they write. Default `'x-forwarded-for'`. */
  readonly forwardedHeader?: ForwardingHeader | undefined
}

/** The limits of a dialect, where nothing else is configured. */
export interface DialectLimits {
  readonly perAddress: LimitPolicy
  readonly clients: LimitPolicy | undefined
}

/** The limits with every default applied. */
export interface RequestPolicies {
  readonly addresses: LimitPolicy | undefined
  readonly clients: LimitPolicy | undefined
  readonly failures: FailurePolicies | undefined
  readonly limiter: Limiter | undefined
  readonly ipv6PrefixBits: number
}

/** How failed authentication is limited. */
export interface FailurePolicies {
  readonly perClient: LimitPolicy
  readonly perAddress: LimitPolicy
}

/** What holds where neither options nor dialect say anything. */
export const ordinaryLimits: DialectLimits = {
  perAddress: perMinute('failures', addressFailuresPerMinuteDefault),
  clients: undefined,
}

const OPTIONS = ['addresses', 'clients', 'failures', 'limiter', 'ipv6PrefixBits']
const PER_CLIENT = perMinute('client-failures', clientFailuresPerMinuteDefault)

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
  return {
    addresses: policyOf('addresses', addresses, undefined, 'address'),
    clients: policyOf('clients', clients, dialect.clients, 'client'),
    failures: failurePolicies(options.failures, dialect),
    limiter,
    ipv6PrefixBits,
  }
}

function failurePolicies(
  given: RequestLimitOptions['failures'],
  dialect: DialectLimits,
): FailurePolicies | undefined {
  if (given === 'none') return undefined
  const { perClient, perAddress }: FailureRates = given ?? {}
  refuseUnknown('limits.failures', given ?? {}, ['perClient', 'perAddress'])
  return {
    perClient: ratePolicy('failures.perClient', perClient, PER_CLIENT),
    perAddress: ratePolicy('failures.perAddress', perAddress, dialect.perAddress),
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
