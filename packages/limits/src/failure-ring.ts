/**
 * Failed authentication, counted where it happens and without handing anybody a weapon: a stranger who guesses at a
 * client's secret uses up the attempts of that client *from his address*, and the client itself, elsewhere, notices
 * nothing. There is no lock: every interval one more attempt is granted, whatever happened before.
 */
import { checkNames, integerWithin } from '@mintmark/runtime'
import { addressKey } from './address-key.ts'
import type { IpAddress } from './ip-address.ts'
import type { LimitPolicy } from './limit-policy.ts'
import { limitPolicy } from './limit-policy.ts'
import type { Limiter, LimitRequest, LimitVerdict, MaybePromise } from './limiter.ts'
import { ipv6PrefixBitsDefault, ipv6PrefixBitsMin } from './limits.ts'

/** The options of {@link createFailureRing}. */
export interface FailureRingOptions {
  readonly limiter: Limiter
  /** Failures of one client from one address. Default: 30 in 5 minutes, 10 at once. */
  readonly perClient?: LimitPolicy | undefined
  /** Failures from one address, whoever the client is said to be. Default: 300 in 5 minutes, 100 at once. */
  readonly perAddress?: LimitPolicy | undefined
  /** Bits of an IPv6 address that make up its bucket, 32 to 128. Default 64. */
  readonly ipv6PrefixBits?: number | undefined
}

/** An attempt to authenticate. */
export interface Attempt {
  readonly address: IpAddress | undefined
  /** As the request has it, whether or not there is such a client; `undefined` when it names none. */
  readonly clientId: string | undefined
}

/** The ring. */
export interface FailureRing {
  /** Whether an attempt may be made now. Takes nothing: ask before any secret is hashed. */
  peek(attempt: Attempt): MaybePromise<LimitVerdict>
  /** Counts an attempt that failed. */
  charge(attempt: Attempt): MaybePromise<LimitVerdict>
}

const PER_CLIENT = limitPolicy({ name: 'failures', quota: 30, windowSeconds: 300, burst: 10 })
const PER_ADDRESS = limitPolicy({
  ...{ name: 'address-failures', quota: 300, windowSeconds: 300, burst: 100 },
})

/** Makes a failure ring. @throws TypeError for an unknown option. */
export function createFailureRing(options: FailureRingOptions): FailureRing {
  checkNames(options, ['limiter', 'perClient', 'perAddress', 'ipv6PrefixBits'], 'createFailureRing')
  const { limiter, perClient = PER_CLIENT, perAddress = PER_ADDRESS } = options
  const asked = options.ipv6PrefixBits ?? ipv6PrefixBitsDefault
  const bits = integerWithin('ipv6PrefixBits', asked, ipv6PrefixBitsMin, 128)
  const requestsOf = ({ address, clientId }: Attempt): readonly LimitRequest[] => {
    const from = addressKey(address, bits)
    const requests: LimitRequest[] = [{ policy: perAddress, key: from }]
    // No address contains a space, so no pair of address and client runs into another.
    if (clientId !== undefined) requests.push({ policy: perClient, key: `${from} ${clientId}` })
    return requests
  }
  return {
    peek: (attempt) => limiter.peek(requestsOf(attempt)),
    charge: (attempt) => limiter.charge(requestsOf(attempt)),
  }
}
