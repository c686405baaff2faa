/**
 * Sending through a dispatcher of undici: a client certificate (RFC 8705), a proxy, a pool of one's own.
 *
 * A dispatcher goes together with the `fetch` of the same undici. Node brings an undici of its own, whose `fetch` takes
 * no dispatcher of another major version; so both are asked for.
 */
import type { Transport } from '@mintmark/runtime'

/** An undici, as much of it as is needed. */
export interface UndiciTransportOptions {
  /** The `fetch` of the package that `dispatcher` is from. */
  readonly fetch: (input: string | URL, init: never) => Promise<unknown>
  /** Such as `new Agent({ connect: { cert, key } })`. Stays the caller's: to be closed by whoever made it. */
  readonly dispatcher: object
}

/**
 * Makes the option `transport` of `createTokenClient`: everything that the client sends, to the token endpoint, for the
 * metadata and for `fetch`, goes through the dispatcher.
 *
 * The certificate of the dispatcher is all that `tls_client_auth` and certificate-bound tokens need: they are sent
 * without a proof. Throws `TypeError` when `fetch` is no function or `dispatcher` no object.
 */
export function undiciTransport(options: UndiciTransportOptions): Transport {
  const { fetch: fetchOfUndici, dispatcher } = options
  if (typeof fetchOfUndici !== 'function') throw new TypeError('fetch: expected a function')
  if (typeof dispatcher !== 'object' || dispatcher === null) {
    throw new TypeError('dispatcher: expected an object')
  }
  const send = fetchOfUndici as (input: string | URL, init: object) => Promise<Response>
  return (input, init) => {
    if (!isOfPlatform(input, init)) return send(input as string | URL, { ...init, dispatcher })
    const { url, method, headers, body, redirect, signal } = new Request(input, init)
    return send(url, { method, headers, body, redirect, signal, duplex: 'half', dispatcher })
  }
}

/** Objects of the platform's own `fetch` that one of undici would take for text. Their content it takes. */
function isOfPlatform(input: string | URL | Request, init: RequestInit | undefined): boolean {
  return input instanceof Request || init?.body instanceof FormData
}
