/** Which proxies are ours, and so whose word about a request counts. */
import {
  type ClientAddressOptions,
  type ClientAddressReader,
  clientAddressReader,
  parseCidr,
} from '@mintmark/limits'
import { usageFailure } from '../command-failure.ts'

/** Proxies on the same machine. */
export const loopbackNetworks: readonly string[] = ['127.0.0.0/8', '::1']

/** Refuses what is no network. @throws CommandFailure `setting_malformed` (usage). */
export function requireNetworks(networks: readonly string[]): void {
  if (networks.every((network) => parseCidr(network) !== undefined)) return
  throw usageFailure(
    'setting_malformed',
    '--trusted-proxy must be an address, or a network like 10.0.0.0/8 with zeros behind the prefix',
  )
}

/**
 * Makes the reader of addresses that knows these proxies.
 *
 * @throws CommandFailure `setting_malformed` (usage) for what is no network: the reader itself would not say what the
 *   setting is called.
 */
export function addressesBehind(
  networks: readonly string[],
  header?: ClientAddressOptions['header'],
): ClientAddressReader {
  requireNetworks(networks)
  return clientAddressReader({ trustedProxies: networks, header })
}
