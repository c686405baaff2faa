/** The address that a request comes from: behind our proxies, the one that they saw. */
import { clientAddressReader, type ForwardingHeader, type IpAddress } from '@mintmark/limits'
import type { Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import type { EndpointRequest } from './endpoint.ts'

/** Which proxies are ours, and where they say whose request it is. */
export interface ProxyOptions {
  /** Addresses and networks of our own proxies. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined
  /** The one header field that they write. Default `'x-forwarded-for'`. */
  readonly forwardedHeader?: ForwardingHeader | undefined
}

/** A request, as far as it matters here. */
export type CallerRequest = Pick<EndpointRequest, 'remoteAddress' | 'headerLines'>

/** Tells callers from our proxies. */
export interface CallerAddresses {
  /** The address of the caller; `undefined` where nobody knows it, as on a Unix socket. */
  of(request: CallerRequest): IpAddress | undefined
  /** Whether the other end of a connection is a proxy of ours. @param peer - Its address. */
  isProxy(peer: string | undefined): boolean
}

/**
 * Makes them.
 *
 * Told once: that somebody who is no trusted proxy sent such a field. It is a client that tries, or a proxy of ours
 * that is missing in the configuration, and then all clients behind it share its limits.
 *
 * @throws TypeError for an unknown header and for what is no address or network.
 */
export function createCallerAddresses(
  { trustedProxies, forwardedHeader }: ProxyOptions,
  observer: Observer<AuthorizationServerEvent>,
): CallerAddresses {
  const reader = clientAddressReader({ trustedProxies, header: forwardedHeader })
  let isTold = false
  return {
    of(request) {
      const read = reader.read(request.remoteAddress, request.headerLines(reader.header))
      if (read.isHeaderIgnored && !isTold) {
        isTold = true
        observer({ type: 'forwarding_header_ignored', header: reader.header })
      }
      return read.address
    },
    isProxy: (peer) => reader.isTrusted(peer),
  }
}
