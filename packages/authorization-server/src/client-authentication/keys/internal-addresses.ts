/**
 * Addresses that a name on the Internet has no business to lead to: this machine, its network, and what is reserved
 * (RFC 6890 and the IANA registries of special-purpose addresses).
 *
 * A client that is allowed to name a URL could have this server ask its neighbours on its behalf, such as the metadata
 * service of a cloud at 169.254.169.254.
 */
import { BlockList, isIP } from 'node:net'

const ipv4Ranges = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const

/** All but 2000::/3 is not global; within it, what embeds an IPv4 address or is for documentation. */
const ipv6Ranges = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const

/** Two lists: one alone takes an IPv4 address for its IPv6 form, which is in none of the global ranges. */
const internal4 = new BlockList()
const internal6 = new BlockList()
for (const [network, prefix] of ipv4Ranges) internal4.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of ipv6Ranges) internal6.addSubnet(network, prefix, 'ipv6')

/** Whether `address` is not a public one. What is no address is not public either. */
export function isInternalAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  return family === 4 ? internal4.check(address, 'ipv4') : internal6.check(address, 'ipv6')
}
