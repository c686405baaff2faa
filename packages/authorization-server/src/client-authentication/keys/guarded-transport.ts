/**
 * Fetches documents from places that somebody else names, without becoming their tool.
 *
 * Invariants
 *  (1) Every address that a name resolves to is judged, and the connection goes to one of the judged ones: a name that
 *      means something else the next time it is asked for gains nothing.
 *  (2) Redirects are answers, never followed; nothing of this process (proxies, cookies, credentials) goes along.
 */
import { lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import type { Transport } from '@mintmark/runtime'
import { isInternalAddress } from './internal-addresses.ts'

/** A name that leads into the own network. */
export class InternalAddressError extends Error {
  override readonly name = 'InternalAddressError'

  constructor() {
    super('the host is not on the public Internet; name it in "internalKeyHosts" if it is meant')
  }
}

/**
 * Makes a transport for GET requests without a body. `mayBeInternal` tells for which host names addresses of the own
 * network are fine. Rejects with {@link InternalAddressError} for any other such host, and with what `node:http`
 * rejects with.
 */
export function createGuardedTransport(mayBeInternal: (hostname: string) => boolean): Transport {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const isFree = mayBeInternal(url.hostname)
    if (!isFree && isIP(host) !== 0 && isInternalAddress(host)) {
      return Promise.reject(new InternalAddressError())
    }
    return send(url, init ?? {}, isFree ? undefined : publicLookup)
  }
}

function send(url: URL, init: RequestInit, own: LookupFunction | undefined): Promise<Response> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      headers: Object.fromEntries(new Headers(init.headers)),
      agent: false,
      ...(init.signal ? { signal: init.signal } : {}),
      ...(own === undefined ? {} : { lookup: own }),
    })
    sent.on('error', reject)
    sent.on('response', (message) => {
      try {
        resolve(responseOf(message))
      } catch (error) {
        message.destroy()
        reject(error)
      }
    })
    sent.end()
  })
}

const BODILESS = new Set([204, 205, 304])

function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 500
  const headers = new Headers()
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  if (BODILESS.has(status)) {
    message.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, headers })
}

/** Resolves like `node:dns`, and fails when one of the addresses is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error !== null) return callback(error, '', 0)
    if (first === undefined || addresses.some(({ address }) => isInternalAddress(address))) {
      return callback(new InternalAddressError(), '', 0)
    }
    if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
