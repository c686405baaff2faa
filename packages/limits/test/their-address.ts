/** What ipaddr.js says about an address, by its bits. */
import ipaddr from 'ipaddr.js'

/**
 * An address as ipaddr.js has it; IPv4 in IPv6 is IPv4. It takes `::1.2.3.4` for `::ffff:1.2.3.4`, which are other
 * bits, so it is given IPv6 addresses as the platform writes them.
 */
export function theirAddress(text: string) {
  return ipaddr.process(text.includes(':') ? asInUrls(text) : text)
}

/** An IPv6 address as URLs have it (RFC 5952), by the platform. */
export function asInUrls(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1)
}
