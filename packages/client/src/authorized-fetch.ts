/**
 * `fetch` with a token: what `request-authorizer.ts` decides, done with the platform's `fetch`.
 *
 * Invariants
 *  (1) Without a token nothing is sent.
 *  (2) The body of a refused answer is discarded before the request is sent again.
 *  (3) Where no further request is sent, the caller gets the answer, untouched.
 *
 * The redirect rule of the Fetch standard keeps a token from following to another origin: the header is dropped there.
 */
import { discardBody, type Transport } from '@mintmark/runtime'
import { isReplayable } from './replayable-body.ts'
import {
  type Authorization,
  absoluteUrl,
  type RequestAuthorizer,
  type RequestToAuthorize,
  type ResourceAnswer,
} from './request-authorizer.ts'

/** What attaching needs. */
export interface AuthorizedFetchParts {
  readonly authorizer: RequestAuthorizer
  readonly transport: Transport
}

/** One call, with everything needed to send it again. */
interface Call {
  readonly input: string | URL | Request
  readonly init: RequestInit | undefined
  readonly request: RequestToAuthorize
}

/**
 * Makes the function behind `TokenClient.fetch`.
 *
 * With a token at hand the way to the platform's own `fetch` is synchronous, and one `then` is added to it: what an
 * async wrapper costs is its promises, and they are more than all the rest together.
 */
export function createAuthorizedFetch(parts: AuthorizedFetchParts): Transport {
  return (input, init) => {
    try {
      const call = { input, init, request: requestOf(input, init) }
      const authorization = parts.authorizer.authorize(call.request)
      if (authorization instanceof Promise) {
        return authorization.then((ready) => sendAndJudge(parts, call, ready))
      }
      return sendAndJudge(parts, call, authorization)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function sendAndJudge(
  parts: AuthorizedFetchParts,
  call: Call,
  authorization: Authorization,
): Promise<Response> {
  return send(parts, call, authorization).then((response) => {
    const next = parts.authorizer.reauthorize(call.request, authorization, answerOf(response))
    if (next === undefined) return response
    return sendAgain(parts, call, response, next)
  })
}

async function sendAgain(
  parts: AuthorizedFetchParts,
  call: Call,
  response: Response,
  reauthorized: Authorization | Promise<Authorization | undefined>,
): Promise<Response> {
  const next = await orDiscard(response, reauthorized)
  if (next === undefined) return response
  void discardBody(response)
  return sendAndJudge(parts, call, next)
}

/** A caller who hears of an error has no use for the first answer. */
async function orDiscard<Value>(response: Response, value: Value | Promise<Value>): Promise<Value> {
  try {
    return await value
  } catch (error) {
    void discardBody(response)
    throw error
  }
}

function send(
  { transport }: AuthorizedFetchParts,
  { input, init }: Call,
  { headers: added }: Authorization,
): Promise<Response> {
  const given = init?.headers ?? (input instanceof Request ? input.headers : undefined)
  if (given === undefined) return transport(input, { ...init, headers: added })
  const headers = new Headers(given)
  for (const name in added) headers.set(name, added[name] as string)
  return transport(input, { ...init, headers })
}

function requestOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): RequestToAuthorize {
  const isRequest = input instanceof Request
  const url = absoluteUrl(isRequest ? input.url : input)
  const method = init?.method ?? (isRequest ? input.method : 'GET')
  const signal = signalOf(input, init)
  const request = { url, method, isReplayable: isReplayable(input, init) }
  return signal === undefined ? request : { ...request, signal }
}

function answerOf({ status, headers, redirected, url }: Response): ResourceAnswer {
  return {
    status,
    wwwAuthenticate: status === 401 ? headers.get('www-authenticate') : null,
    dpopNonce: headers.get('dpop-nonce'),
    url: redirected ? url : undefined,
  }
}

/** As in `fetch`: the signal of `init` replaces that of the request, and `null` means none. */
function signalOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): AbortSignal | undefined {
  const own = init?.signal
  if (own !== undefined) return own ?? undefined
  return input instanceof Request ? input.signal : undefined
}
