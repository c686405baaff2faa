/**
 * The rings of one route: whose request it is, what it costs, and what is asked of the rings about it.
 *
 * Whoever is verified counts by client, everybody else by address: see `createRings` of `@mintmark/limits`. The address
 * is that of the other end of the connection, or what our own proxies say it is; a framework's word on it, which may
 * rest on header fields that anybody can send, is not asked.
 */
import {
  type ClientAddressReader,
  clientAddressReader,
  type IpAddress,
  type LimitVerdict,
  type MaybePromise,
  type Rings,
  type RingVerdict,
} from '@mintmark/limits'
import { fieldValues, type GuardedRequest, peerAddressOf } from '../guarded-request.ts'
import { numberWithin, portValue } from '../option-value.ts'
import type { Admission } from '../verdict.ts'

/** What a route says about its limits. */
export interface RingOptions {
  /** Made by `createRings` of `@mintmark/limits`; the same one for all routes that share their limits. */
  readonly rings: Rings
  /**
   * Whose word about addresses is believed: made by `clientAddressReader` of `@mintmark/limits`. Default: nobody's, so
   * that behind a proxy all clients have one address.
   */
  readonly addresses?: ClientAddressReader
  /** Units that a request takes, 1 to the smallest burst of the ring's policies. Default 1. */
  readonly cost?: number
}

/** `undefined` for a peer that has none. */
type Address = IpAddress | undefined

/** The rings of one route. */
export interface RouteRings {
  /** Counts a request of a verified client: it takes what the route costs. */
  ofClient(admission: Admission<unknown>): MaybePromise<RingVerdict>
  /** Whose request it is, for what follows. */
  addressOf(request: GuardedRequest): Address
  /** Counts a request of nobody who is known. @param cost - Units. */
  ofAddress(address: Address, cost: number): MaybePromise<RingVerdict>
  /** Whether a token that was not seen before is to be judged, as far as forgeries from its address tell. */
  trial(address: Address): MaybePromise<LimitVerdict>
  /** Counts a token that had to be judged to be found worthless. */
  countForgery(address: Address): MaybePromise<LimitVerdict>
  readonly cost: number
}

/**
 * Resolves the options.
 *
 * @param ring - The one that takes what the route costs.
 * @throws TypeError for what is none of its kind, RangeError for a cost that no bucket can ever hold.
 */
export function createRouteRings(options: RingOptions, ring: 'public' | 'partner'): RouteRings {
  const rings = portValue('rings', options.rings, ['check', 'peek', 'charge'])
  const addresses = portValue('addresses', options.addresses ?? clientAddressReader(), ['read'])
  const cost = numberWithin('cost', options.cost ?? 1, 1, rings.costMax[ring])
  if (!Number.isInteger(cost)) throw new RangeError('cost: expected whole units')
  return {
    cost,
    addressOf: (request) =>
      addresses.read(peerAddressOf(request), fieldValues(request, addresses.header)).address,
    ofClient: ({ clientId, issuer }) => rings.check({ address: undefined, clientId, issuer, cost }),
    ofAddress: (address, units) => rings.check({ address, cost: units }),
    trial: (address) => rings.failures.peek({ address, clientId: undefined }),
    countForgery: (address) => rings.failures.charge({ address, clientId: undefined }),
  }
}
