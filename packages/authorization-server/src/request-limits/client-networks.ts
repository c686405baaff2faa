/** Whether a client may ask from where it asks: the networks that are registered for it. */
import { type Cidr, contains, type IpAddress, parseCidr } from '@mintmark/limits'
import type { ClientSettings } from '../registry/client-settings.ts'

const known = new WeakMap<readonly string[], readonly Cidr[]>()

/**
 * Whether `address` is in one of the registered networks, which are at least one. Where nobody knows the address, it is
 * in none; an entry that is no network contains nothing.
 */
export function isFromNetworks(
  { addresses }: Pick<ClientSettings, 'addresses'>,
  address: IpAddress | undefined,
): boolean {
  return address !== undefined && networksOf(addresses).some((net) => contains(net, address))
}

function networksOf(texts: readonly string[]): readonly Cidr[] {
  const made = known.get(texts)
  if (made !== undefined) return made
  const networks = texts.flatMap((text) => parseCidr(text) ?? [])
  known.set(texts, networks)
  return networks
}
