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
import { type Clock, discardBody, type Transport } from '@mintmark/runtime'
import { FetchAnswer } from './fetch-answer.ts'
import { isReplayable } from './replayable-body.ts'
import type { Authorization, RequestAuthorizer, RequestToAuthorize } from './request-authorizer.ts'
import { RequestDeadline } from './request-deadline.ts'
import { signalOf } from './request-signal.ts'
import type { TokenCallOptions } from './token-call-options.ts'

/** What `fetch` takes, and how to wait for the token. */
export interface AuthorizedRequestInit
  extends RequestInit,
    Pick<TokenCallOptions, 'minTtlSeconds'> {
  /**
   * How long the whole call may take, in milliseconds, above 0 and at most 600,000: the wait for a
   * token, the sending, and the second of both after a 401; not the reading of the body. When the
   * time is up while it waits for a token the call rejects with `deadline_exceeded`, and while it
   * waits for the answer as with `AbortSignal.timeout`. Default: the client's `deadlineMs` for each
   * wait for a token, and no bound for the rest.
   */
  readonly deadlineMs?: number
}

/** The function behind `TokenClient.fetch`. May be used wherever a `fetch` is wanted. */
export type AuthorizedFetch = (
  input: string | URL | Request,
  init?: AuthorizedRequestInit,
) => Promise<Response>

/** What attaching needs. */
export interface AuthorizedFetchParts {
  readonly authorizer: RequestAuthorizer
  readonly transport: Transport
  readonly clock: Clock
}

/** One call, with everything needed to send it again. */
interface Call {
  readonly input: string | URL | Request
  readonly init: RequestInit | undefined
  readonly request: RequestToAuthorize
  readonly deadline?: RequestDeadline
}

/**
 * Makes the function behind `TokenClient.fetch`.
 *
 * With a token at hand the way to the platform's own `fetch` is synchronous, and one `then` is added to it: what an
 * async wrapper costs is its promises, and they are more than all the rest together.
 */
export function createAuthorizedFetch(parts: AuthorizedFetchParts): AuthorizedFetch {
  return (input, init) => {
    try {
      if (init?.deadlineMs !== undefined) return performInTime(parts, input, init, init.deadlineMs)
      return perform(parts, { input, init, request: requestOf(input, init) })
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function perform(parts: AuthorizedFetchParts, call: Call): Promise<Response> {
  const authorization = parts.authorizer.authorize(call.request)
  if (authorization instanceof Promise) {
    return authorization.then((ready) => sendAndJudge(parts, call, ready))
  }
  return sendAndJudge(parts, call, authorization)
}

async function performInTime(
  parts: AuthorizedFetchParts,
  input: string | URL | Request,
  init: AuthorizedRequestInit,
  deadlineMs: number,
): Promise<Response> {
  const request = { ...requestOf(input, init), deadlineMs }
  const deadline = new RequestDeadline(parts.clock, deadlineMs, request.signal)
  const { signal } = deadline
  try {
    return await perform(parts, { input, init: { ...init, signal }, request, deadline })
  } finally {
    deadline.end()
  }
}

function sendAndJudge(
  parts: AuthorizedFetchParts,
  call: Call,
  authorization: Authorization,
): Promise<Response> {
  return send(parts, call, authorization).then((response) => {
    const request = response.status === 401 ? refusedRequest(call) : call.request
    const answer = new FetchAnswer(response)
    const next = parts.authorizer.reauthorize(request, authorization, answer)
    if (next === undefined) return response
    return sendAgain(parts, call, response, next)
  })
}

/** What is not worth knowing of a request that is accepted. */
function refusedRequest({ input, init, request, deadline }: Call): RequestToAuthorize {
  const hasIdempotencyKey = new Headers(headersOf(input, init)).has('idempotency-key')
  if (deadline === undefined) return { ...request, hasIdempotencyKey }
  return { ...request, hasIdempotencyKey, deadlineMs: deadline.leftMs }
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
  const given = headersOf(input, init)
  if (given === undefined) return transport(input, { ...init, headers: added })
  const headers = new Headers(given)
  for (const name in added) headers.set(name, added[name] as string)
  return transport(input, { ...init, headers })
}

/** As in `fetch`: the headers of `init` replace those of the request. */
function headersOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): RequestInit['headers'] {
  return init?.headers ?? (input instanceof Request ? input.headers : undefined)
}

function requestOf(
  input: string | URL | Request,
  init: AuthorizedRequestInit | undefined,
): RequestToAuthorize {
  const isRequest = input instanceof Request
  const url = isRequest ? input.url : input
  const method = init?.method ?? (isRequest ? input.method : 'GET')
  const signal = signalOf(input, init)
  const minTtlSeconds = init?.minTtlSeconds
  const request = { url, method, isReplayable: isReplayable(input, init) }
  if (signal === undefined && minTtlSeconds === undefined) return request
  return {
    ...request,
    ...(signal !== undefined && { signal }),
    ...(minTtlSeconds !== undefined && { minTtlSeconds }),
  }
}
