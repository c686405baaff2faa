/**
 * Whose request it is, behind proxies: the first address from the right that is not one of a trusted proxy.
 *
 * Invariants
 *  (1) A header field is believed as far as trusted proxies wrote it: from a peer that is not trusted it is not looked
 *      at, and nothing left of the first untrusted address is.
 *  (2) Whatever is written there, the outcome is an address that was seen by us or by a trusted proxy. Where a hop is
 *      malformed, it is the last trusted one: such requests share a bucket, they do not get one of their choice.
 */
import { checkNames, listWithin, oneOf } from '@mintmark/runtime'
import { type Cidr, contains, parseCidr } from './cidr.ts'
import { type ForwardingHeader, hopsFromTheRight } from './forwarded-hops.ts'
import { type IpAddress, parseIpAddress } from './ip-address.ts'
import { forwardedHopsMax, trustedProxiesMax } from './limits.ts'

/** The options of {@link clientAddressReader}. */
export interface ClientAddressOptions {
  /** Addresses and networks of our own proxies, like `10.0.0.0/8` or `2001:db8::/32`. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined
  /**
   * The one header field that those proxies write, and overwrite or add to when a client sends it. Default
   * `'x-forwarded-for'`. The other one is never looked at.
   */
  readonly header?: ForwardingHeader | undefined
}

/** How the address of a request was found. */
export interface ClientAddress {
  /** `undefined` when the peer has none, as on a Unix socket. */
  readonly address: IpAddress | undefined
  /** Trusted proxies on the way. */
  readonly hops: number
  /**
   * Why the way ends here: at the first address that is not trusted, or at the end of the header field (`'found'`);
   * at a hop that is no address (`'malformed_hop'`); after 32 of them (`'too_many_hops'`).
   */
  readonly ending: 'found' | 'malformed_hop' | 'too_many_hops'
  /**
   * Whether there was a header field from a peer that is not trusted: of a client that tries, or of a proxy that is
   * missing in the configuration, behind which all clients share a bucket.
   */
  readonly isHeaderIgnored: boolean
}

/** Finds the addresses of clients. */
export interface ClientAddressReader {
  /** The name of the header field to pass on, in lower case. */
  readonly header: ForwardingHeader
  /**
   * @param peer - The address of the other end of the connection, as `socket.remoteAddress` has it.
   * @param value - The header field; several ones in the order in which they came.
   */
  read(peer: string | undefined, value: string | readonly string[] | undefined): ClientAddress
  /** Whether the other end of a connection is one of our proxies, whose word counts. */
  isTrusted(peer: string | undefined): boolean
}

/** Makes a reader. @throws TypeError for an unknown option, and for what is no address or network. */
export function clientAddressReader(options: ClientAddressOptions = {}): ClientAddressReader {
  checkNames(options, ['trustedProxies', 'header'], 'clientAddressReader')
  const trusted = listWithin('trustedProxies', options.trustedProxies ?? [], trustedProxiesMax).map(
    trustedNetwork,
  )
  const header = oneOf('header', options.header ?? 'x-forwarded-for', [
    'x-forwarded-for',
    'forwarded',
  ])
  const isTrusted = (address: IpAddress): boolean => trusted.some((net) => contains(net, address))
  return {
    header,
    read(peer, value) {
      const address = peerAddress(peer)
      const isSent = value !== undefined && value.length > 0
      if (!isSent || address === undefined || !isTrusted(address)) {
        return { address, hops: 0, ending: 'found', isHeaderIgnored: isSent }
      }
      const text = typeof value === 'string' ? value : value.join(',')
      return walk(address, hopsFromTheRight(header, text), isTrusted)
    },
    isTrusted(peer) {
      const address = peerAddress(peer)
      return address !== undefined && isTrusted(address)
    },
  }
}

function trustedNetwork(text: unknown, at: number): Cidr {
  const cidr = typeof text === 'string' ? parseCidr(text) : undefined
  if (cidr !== undefined) return cidr
  throw new TypeError(
    `trustedProxies: entry ${at + 1}: expected a network like 10.0.0.0/8, with zeros behind the prefix`,
  )
}

function walk(
  peer: IpAddress,
  hops: Iterable<IpAddress | undefined>,
  isTrusted: (address: IpAddress) => boolean,
): ClientAddress {
  let lastTrusted = peer
  let count = 0
  const ends = (address: IpAddress, ending: ClientAddress['ending']): ClientAddress => ({
    ...{ address, hops: count, ending, isHeaderIgnored: false },
  })
  for (const hop of hops) {
    count += 1
    if (hop === undefined) return ends(lastTrusted, 'malformed_hop')
    if (!isTrusted(hop)) return ends(hop, 'found')
    if (count === forwardedHopsMax) return ends(lastTrusted, 'too_many_hops')
    lastTrusted = hop
  }
  return ends(lastTrusted, 'found')
}

/** Without the zone, which Node adds to link-local addresses. */
function peerAddress(peer: string | undefined): IpAddress | undefined {
  if (peer === undefined) return undefined
  const zone = peer.indexOf('%')
  return parseIpAddress(zone === -1 ? peer : peer.slice(0, zone))
}
