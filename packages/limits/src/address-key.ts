/** The key of an address's bucket: an IPv4 address whole, an IPv6 address by its first bits. */
import { formatIpAddress, type IpAddress, prefixOf } from './ip-address.ts'

/** The bucket of everybody without an address, as on a Unix socket. */
const NO_ADDRESS = 'none'

/**
 * The key for `address`: `203.0.113.7`, or `2001:db8:1:2::/64`. Decided by bits: however an address is written, and
 * whether an IPv4 address comes as one or in IPv6, it has one key.
 */
export function addressKey(address: IpAddress | undefined, ipv6PrefixBits: number): string {
  if (address === undefined) return NO_ADDRESS
  if (address.family === 4) return formatIpAddress(address)
  return `${formatIpAddress(prefixOf(address, ipv6PrefixBits))}/${ipv6PrefixBits}`
}
