/** Who is at the other end of a connection, and whether that is a proxy of ours. */
import { type Cidr, contains, type IpAddress, parseCidr, parseIpAddress } from '@mintmark/limits'
import { usageFailure } from '../command-failure.ts'

/** Proxies on the same machine. */
export const loopbackNetworks: readonly string[] = ['127.0.0.0/8', '::1']

/** Tells whether a peer is a trusted proxy. A peer without an address is none. */
export type TrustedPeers = (remoteAddress: string | undefined) => boolean

/** @throws CommandFailure `setting_malformed` (usage) for what is no network. */
export function trustedPeers(networks: readonly string[]): TrustedPeers {
  const parsed = networks.map(parseCidr)
  if (!parsed.every((network) => network !== undefined)) throw noNetwork()
  const trusted: readonly Cidr[] = parsed
  return (remoteAddress) => {
    const address = addressOf(remoteAddress)
    return address !== undefined && trusted.some((network) => contains(network, address))
  }
}

function addressOf(remoteAddress: string | undefined): IpAddress | undefined {
  // Without the zone of a link-local address.
  return remoteAddress === undefined
    ? undefined
    : parseIpAddress(remoteAddress.split('%', 1)[0] ?? '')
}

function noNetwork() {
  return usageFailure(
    'setting_malformed',
    '--trusted-proxy must be an address, or a network like 10.0.0.0/8 with zeros behind the prefix',
  )
}
