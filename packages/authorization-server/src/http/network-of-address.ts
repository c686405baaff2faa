/** The network of an address: coarse enough to be kept, fine enough to tell one deployment from another. */
import { formatIpAddress, type IpAddress } from '@mintmark/limits'

/** The IPv4 /24 or IPv6 /48 of an address; `unknown` where there is none, as on a Unix socket. */
export function networkOfAddress(address: IpAddress | undefined): string {
  if (address === undefined) return 'unknown'
  const [first = 0, second = 0, third = 0] = address.groups
  return address.family === 4
    ? `${formatIpAddress({ family: 4, groups: [first, second & 0xff00] })}/24`
    : `${formatIpAddress({ family: 6, groups: [first, second, third, 0, 0, 0, 0, 0] })}/48`
}
