/** The interceptor that authorizes what goes through a dispatcher of undici. */
import type { Authorization } from '../../request-authorizer.ts'
import type { TokenClient } from '../../token-client.ts'
import { AuthorizedDispatch } from './authorized-dispatch.ts'
import type { Dispatch } from './dispatch.ts'

/** What `compose` of an undici dispatcher takes, whichever version of undici it is from. */
export type AuthorizeInterceptor = <Next extends (options: never, listener: never) => boolean>(
  next: Next,
) => Next

/**
 * Makes the interceptor for `dispatcher.compose`.
 *
 * With a token at hand a request goes out in the same turn. A 401 that a new token would cure is answered by one more
 * request, if the body is text, bytes or none; its own body is then read and dropped. Every other answer passes through
 * as it comes: data, pauses, trailers, upgrades and errors.
 *
 * Fails through the request's own callback or promise, and sends nothing then: with `TokenAcquisitionError` without a
 * token or for an origin that the token may not be sent to, with the reason of `signal` while a token is waited for.
 * Only an `AbortSignal` ends that wait; an event emitter is heard once the request is on its way.
 *
 * Redirects: `interceptors.redirect` before this one in `compose` follows them without the token when they leave the
 * origin; behind this one, each hop is authorized by itself, and one to a foreign origin fails. Does not decompress,
 * cache or time anything.
 */
export function authorizeInterceptor(
  client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
): AuthorizeInterceptor {
  return (next) => {
    const dispatch = next as unknown as Dispatch
    const authorized: Dispatch = (options, listener) => {
      const exchange = new AuthorizedDispatch(client, dispatch, options, listener)
      try {
        const authorization = exchange.authorize()
        if (!(authorization instanceof Promise)) return exchange.send(authorization)
        sendLater(exchange, authorization)
      } catch (error) {
        exchange.fail(error as Error)
      }
      return true
    }
    return authorized as unknown as typeof next
  }
}

async function sendLater(
  exchange: AuthorizedDispatch,
  authorization: Promise<Authorization>,
): Promise<void> {
  try {
    exchange.send(await authorization)
  } catch (error) {
    exchange.fail(error as Error)
  }
}
