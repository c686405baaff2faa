/** The address that a request comes from: behind our proxies, the one that they saw. */
import { type ClientAddressReader, clientAddressReader, type IpAddress } from '@mintmark/limits'
import type { Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import type { EndpointRequest } from '../http/endpoint.ts'
import type { ProxyOptions } from './request-limit-options.ts'

/** Finds the address of a request; `undefined` where nobody knows it, as on a Unix socket. */
export type CallerAddress = (request: EndpointRequest) => IpAddress | undefined

/**
 * Makes one.
 *
 * Told once: that somebody who is no trusted proxy sent such a field. It is a client that tries, or a proxy of ours
 * that is missing in the configuration, and then all clients behind it share its limits.
 *
 * @throws TypeError for an unknown header and for what is no address or network.
 */
export function createCallerAddress(
  { trustedProxies, forwardedHeader }: ProxyOptions,
  observer: Observer<AuthorizationServerEvent>,
): CallerAddress {
  const reader: ClientAddressReader = clientAddressReader({
    trustedProxies,
    header: forwardedHeader,
  })
  let isTold = false
  return (request) => {
    const read = reader.read(request.remoteAddress, request.headerLines(reader.header))
    if (read.isHeaderIgnored && !isTold) {
      isTold = true
      observer({ type: 'forwarding_header_ignored', header: reader.header })
    }
    return read.address
  }
}
