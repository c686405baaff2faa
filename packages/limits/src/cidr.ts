/** Networks in the notation of RFC 4632 section 3.1 and RFC 4291 section 2.3: an address, and how many bits count. */
import { bitsOf, type IpAddress, parseIpAddress, prefixOf } from './ip-address.ts'

/** A network. */
export interface Cidr {
  readonly network: IpAddress
  readonly bits: number
}

const BITS = /^(?:0|[1-9][0-9]{0,2})$/
const MAPPED_BITS = 96

/**
 * The network that `text` is, or `undefined`. An address alone is a network of one.
 *
 * Bits behind the prefix must be zero: `10.0.0.1/8` is a mistake, and not for us to guess about. A network of IPv4
 * addresses in IPv6 (`::ffff:10.0.0.0/104`) is the IPv4 network.
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  if (slash === -1) {
    const address = parseIpAddress(text)
    return address && { network: address, bits: bitsOf(address.family) }
  }
  const network = parseIpAddress(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (network === undefined || !BITS.test(digits)) return undefined
  const isMapped = network.family === 4 && text.includes(':')
  const bits = Number(digits) - (isMapped ? MAPPED_BITS : 0)
  if (bits < 0 || bits > bitsOf(network.family)) return undefined
  return isSame(prefixOf(network, bits), network) ? { network, bits } : undefined
}

/** Whether `address` is in the network. Networks of one family have no addresses of the other. */
export function contains({ network, bits }: Cidr, address: IpAddress): boolean {
  return network.family === address.family && isSame(prefixOf(address, bits), network)
}

function isSame(one: IpAddress, other: IpAddress): boolean {
  return one.groups.every((group, at) => group === other.groups[at])
}
