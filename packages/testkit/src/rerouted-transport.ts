/**
 * A transport that reaches public origins on this machine, as an entry in the hosts file and a proxy for TLS would: the
 * client under test is configured for the service, and its requests go over real HTTP to a stand-in.
 */
import { systemTransport, type Transport } from '@mintmark/runtime'

/**
 * Sends requests for the origins in `routes` to the origin given there, and what is on loopback already where it
 * belongs. Everything else rejects: a test reaches no other machine.
 *
 * @param routes - Public origins, such as `https://login.example`, and where they are here: `http://127.0.0.1:PORT`.
 */
export function reroutedTransport(
  routes: Readonly<Record<string, string>>,
  transport: Transport = systemTransport,
): Transport {
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined
    const url = new URL(request?.url ?? String(input))
    const origin = routes[url.origin] ?? (LOOPBACK.test(url.origin) ? url.origin : undefined)
    if (origin === undefined) throw new Error(`no server on this machine stands for ${url.origin}`)
    const target = origin + url.pathname + url.search
    return transport(request === undefined ? target : new Request(target, request), init)
  }
}

const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d+$/
