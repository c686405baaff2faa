/**
 * The two rings around an API (requirement S2): the public ring counts by address, the partner ring by client.
 *
 * Invariants
 *  (1) A request counts in one ring: in the partner ring when it is of a verified client, in the public one otherwise.
 *      Partners behind one address do not share a bucket, and whoever sends bad tokens does not use up a partner's.
 *  (2) A client identifier comes from a verified token or an authenticated client, never from the wire: otherwise
 *      anybody could use up anybody's bucket. That is for the caller to hold.
 *  (3) A ring with several policies takes from all of them or from none.
 */
import {
  checkNames,
  integerWithin,
  listWithin,
  portValue,
  type RandomSource,
} from '@mintmark/runtime'
import { addressKey } from './address-key.ts'
import { createFailureRing, type FailureRing } from './failure-ring.ts'
import type { IpAddress } from './ip-address.ts'
import { type LimitPolicy, limitPolicy } from './limit-policy.ts'
import { refusalStatus } from './limit-problem.ts'
import type { Limiter, LimitRequest, LimitVerdict, MaybePromise } from './limiter.ts'
import { ipv6PrefixBitsDefault, ipv6PrefixBitsMin, requestsPerCheckMax } from './limits.ts'
import { memoryLimiter } from './memory-limiter.ts'
import { type HeaderField, rateLimitHeaders } from './rate-limit-headers.ts'

/** The policies of one client: those of all, or what a quota of its own asks for. */
export type PartnerPolicies =
  | readonly LimitPolicy[]
  | ((clientId: string, issuer: string | undefined) => readonly LimitPolicy[])

/** The options of {@link createRings}. */
export interface RingOptions {
  readonly limiter: Limiter
  /** Of the public ring. Default: 60 requests in 60 seconds. */
  readonly publicPolicies?: readonly LimitPolicy[] | undefined
  /**
   * Of the partner ring: a token bucket, a quota for the day, ... A function gives the policies of each client, the
   * same objects each time. Default: 600 requests in 60 seconds, 100 at once.
   */
  readonly partnerPolicies?: PartnerPolicies | undefined
  /**
   * Where an API counts forged tokens, by address, so that not each of them costs it a signature check. Default: in
   * memory of this process, whose work it is; 300 in 5 minutes, 100 at once.
   */
  readonly failures?: FailureRing | undefined
  /** Bits of an IPv6 address that make up its bucket, 32 to 128. Default 64. */
  readonly ipv6PrefixBits?: number | undefined
  /** For the random part of waiting times. */
  readonly random?: RandomSource | undefined
}

/** A request as the rings see it. */
export interface RingRequest {
  readonly address: IpAddress | undefined
  /** Of a *verified* client. */
  readonly clientId?: string | undefined
  /** Who says so, where several do: clients of the same name share no bucket. */
  readonly issuer?: string | undefined
  /** Units. Default 1. */
  readonly cost?: number | undefined
}

/** What the rings say. */
export interface RingVerdict {
  readonly ring: 'public' | 'partner'
  readonly verdict: LimitVerdict
  readonly allowed: boolean
  /** Of a refusal: 429, or 503 when the limits could not be asked and that is to refuse. */
  readonly status: 429 | 503 | undefined
  /** For whatever answer follows. Made when they are asked for. */
  readonly headers: readonly HeaderField[]
}

/** Both rings. */
export interface Rings {
  /** Takes units from the ring that the request belongs to. At once where the limiter answers at once. */
  check(request: RingRequest): MaybePromise<RingVerdict>
  /** Says what `check` would say: before a token is verified, without the client. */
  peek(request: RingRequest): MaybePromise<RingVerdict>
  /** Takes units for what has happened already: for a token that was not good. */
  charge(request: RingRequest): MaybePromise<RingVerdict>
  /** Where forged tokens are counted. */
  readonly failures: FailureRing
  /** The most units that one request can ever be granted; with policies from a function, what nobody checked. */
  readonly costMax: Readonly<Record<'public' | 'partner', number>>
}

const PUBLIC_DEFAULT = limitPolicy({ name: 'public', quota: 60, windowSeconds: 60 })
const PARTNER_DEFAULT = limitPolicy({ name: 'partner', quota: 600, windowSeconds: 60, burst: 100 })

const OPTIONS = [
  ...(['limiter', 'publicPolicies', 'partnerPolicies', 'failures'] as const),
  ...(['ipv6PrefixBits', 'random'] as const),
]

/** Makes rings. @throws TypeError for an unknown, missing or malformed option. */
export function createRings(options: RingOptions): Rings {
  checkNames(options, OPTIONS, 'createRings')
  const { random } = options
  const limiter = portValue('limiter', options.limiter, ['check', 'peek', 'charge'])
  const publicPolicies = policyList('publicPolicies', options.publicPolicies ?? [PUBLIC_DEFAULT])
  const partnerPolicies = options.partnerPolicies ?? [PARTNER_DEFAULT]
  if (typeof partnerPolicies !== 'function') policyList('partnerPolicies', partnerPolicies)
  const bits = integerWithin(
    ...(['ipv6PrefixBits', options.ipv6PrefixBits ?? ipv6PrefixBitsDefault] as const),
    ...([ipv6PrefixBitsMin, 128] as const),
  )

  const requestsOf = (request: RingRequest): readonly LimitRequest[] => {
    const { address, clientId, issuer, cost } = request
    if (clientId === undefined) return requestsIn(publicPolicies, addressKey(address, bits), cost)
    const isOwn = typeof partnerPolicies === 'function'
    const policies = isOwn ? partnerPolicies(clientId, issuer) : partnerPolicies
    // No issuer contains a space, so no pair of client and issuer runs into another.
    return requestsIn(policies, issuer === undefined ? clientId : `${clientId} ${issuer}`, cost)
  }
  const answer = (request: RingRequest, verdict: MaybePromise<LimitVerdict>) => {
    const ring = request.clientId === undefined ? 'public' : 'partner'
    if (verdict instanceof Promise) return verdict.then((later) => new Answer(ring, later, random))
    return new Answer(ring, verdict, random)
  }
  return {
    failures:
      options.failures ?? createFailureRing({ limiter: memoryLimiter(), ipv6PrefixBits: bits }),
    costMax: { public: largestCost(publicPolicies), partner: largestCost(partnerPolicies) },
    check: (request) => answer(request, limiter.check(requestsOf(request))),
    peek: (request) => answer(request, limiter.peek(requestsOf(request))),
    charge: (request) => answer(request, limiter.charge(requestsOf(request))),
  }
}

function policyList(name: string, value: readonly LimitPolicy[]): readonly LimitPolicy[] {
  return listWithin(name, value, requestsPerCheckMax)
}

function largestCost(policies: PartnerPolicies): number {
  if (typeof policies === 'function') return Number.MAX_SAFE_INTEGER
  return Math.min(Number.MAX_SAFE_INTEGER, ...policies.map(({ burst }) => burst))
}

/** A loop, because nearly always there is one policy, and this is on the way of every request. */
function requestsIn(
  policies: readonly LimitPolicy[],
  key: string,
  cost: number | undefined,
): readonly LimitRequest[] {
  const requests: LimitRequest[] = []
  for (const policy of policies) requests.push({ policy, key, cost })
  return requests
}

class Answer implements RingVerdict {
  readonly ring: 'public' | 'partner'
  readonly verdict: LimitVerdict
  readonly #random: RandomSource | undefined

  constructor(ring: 'public' | 'partner', verdict: LimitVerdict, random: RandomSource | undefined) {
    this.ring = ring
    this.verdict = verdict
    this.#random = random
  }

  get allowed(): boolean {
    return this.verdict.allowed
  }

  get status(): 429 | 503 | undefined {
    return this.verdict.allowed ? undefined : refusalStatus(this.verdict)
  }

  get headers(): readonly HeaderField[] {
    return rateLimitHeaders(this.verdict, this.#random)
  }
}
