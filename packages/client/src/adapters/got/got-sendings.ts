/**
 * The sendings of one extended got, found again by the `request` option that each of them is given: got carries it
 * along to redirects and repetitions.
 *
 * Invariants
 *  (1) The token is in none of got's options, which its errors show: it is added to the native request alone.
 *  (2) What a redirect leads to is authorized by itself on the same origin, and not at all once it led elsewhere.
 */
import { isReplayableBody } from '../../replayable-body.ts'
import type { Authorization, RequestToAuthorize } from '../../request-authorizer.ts'
import type { TokenClient } from '../../token-client.ts'
import { hideConnections, hideRequest } from '../hidden-properties.ts'
import { hasIdempotencyKey } from '../replaced-headers.ts'
import { resourceAnswer } from '../resource-answer.ts'
import type { GotAnswer, GotOptions, NativeRequest } from './got-hooks.ts'

interface Sending {
  /** The `request` option of the caller. */
  readonly own: NativeRequest | undefined
  /** `undefined` once a redirect led to another origin. */
  readonly authorized?: { readonly request: GotRequest; readonly by: Authorization }
  /** What the request is to be sent again with. */
  next?: Authorization | undefined
}

type GotRequest = RequestToAuthorize & { readonly url: string | URL }

/** See the file. */
export class GotSendings {
  readonly #client: Pick<TokenClient, 'authorize' | 'reauthorize'>
  readonly #sendings = new WeakMap<object, Sending>()

  constructor(client: Pick<TokenClient, 'authorize' | 'reauthorize'>) {
    this.#client = client
  }

  /** Before each sending: the first, those that a redirect led to, and repetitions. */
  async authorize(options: GotOptions): Promise<void> {
    const before = this.#sendingOf(options)
    if (before !== undefined && before.authorized === undefined) return
    const request = requestOf(options)
    const by = before?.next ?? (await this.#client.authorize(request))
    for (const agent of Object.values(options.agent ?? {})) hideConnections(agent)
    const own = before === undefined ? (options.request as NativeRequest | undefined) : before.own
    this.#mark(options, { own, authorized: { request, by } })
  }

  /** Before a redirect is followed. */
  redirect(options: GotOptions): void {
    const sending = this.#sendingOf(options)
    if (sending?.authorized === undefined) return
    if (originOf(options.url) === originOf(sending.authorized.request.url)) return
    this.#mark(options, { own: sending.own })
  }

  /** Tells of an answer. Gives whether the request is to be sent again. */
  async judge(received: GotAnswer): Promise<boolean> {
    hideRequest(received)
    const { statusCode, headers, isFromCache, request } = received
    const sending = this.#sendingOf(request.options)
    if (sending?.authorized === undefined || isFromCache === true) return false
    const answer = resourceAnswer(statusCode, headers, undefined)
    const { authorized } = sending
    sending.next = await this.#client.reauthorize(authorized.request, authorized.by, answer)
    return sending.next !== undefined
  }

  #sendingOf({ request }: GotOptions): Sending | undefined {
    return typeof request === 'function' ? this.#sendings.get(request) : undefined
  }

  #mark(options: GotOptions, sending: Sending): void {
    const { own, authorized } = sending
    const native: NativeRequest = (url, nativeOptions, ...others) => {
      // In place: what is left to got is made with these very headers.
      Object.assign(nativeOptions.headers, authorized?.by.headers)
      return own?.(url, nativeOptions, ...others)
    }
    this.#sendings.set(native, sending)
    options.request = native
  }
}

function requestOf({ url = '', method, headers, body, signal, isStream }: GotOptions): GotRequest {
  const request = {
    ...{ url, method, isReplayable: isStream !== true && isReplayableBody(body) },
    hasIdempotencyKey: hasIdempotencyKey(Object.keys(headers)),
  }
  return signal instanceof AbortSignal ? { ...request, signal } : request
}

function originOf(url: string | URL | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin
}
