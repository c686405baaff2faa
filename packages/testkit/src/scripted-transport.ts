/**
 * A transport without a network: requests are routed by origin and path to responders that a test wrote
 * (the `Transport` port of `@mintmark/runtime`).
 *
 * Invariants
 *  (1) Every request is recorded, in the order in which the transport was called, before its responder runs.
 *  (2) A request that nobody scripted rejects, whatever else the test expects.
 *  (3) Like `fetch`: an abort rejects at once with the signal's reason, whatever the responder does, and under
 *      `redirect: 'error'` a redirecting answer rejects.
 */
import type { Transport } from '@mintmark/runtime'

/** Answers one request. May wait, and may throw what `fetch` would reject with. */
export type Responder = (request: Request) => Response | Promise<Response>

/** One request as it would have left the process. */
export interface RecordedRequest {
  readonly method: string
  /** The whole URL, query included. */
  readonly url: string
  readonly headers: Headers
  /** The body as text; empty until it has been read, which is before the responder runs. */
  readonly body: string
}

/** The transport, what went through it, and the way to answer. */
export interface ScriptedTransport {
  readonly transport: Transport
  /** Every request so far, scripted or not. */
  readonly requests: readonly RecordedRequest[]
  /**
   * Answers requests to the origin and path of `url` from now on, in place of an earlier answer for the same.
   * A `Response` is copied for each request; its body must not have been read.
   */
  respond(url: string | URL, answer: Responder | Response): void
  /** The recorded requests to the origin and path of `url`. */
  requestsTo(url: string | URL): readonly RecordedRequest[]
}

/**
 * Makes a transport that knows no URL yet.
 *
 * Does not follow redirects (a redirecting answer to a request that asks for following rejects), keeps no cookies
 * and breaks no body off: what a browser or a socket adds belongs into a test with a real server.
 */
export function createScriptedTransport(): ScriptedTransport {
  const responders = new Map<string, Responder>()
  const requests: RecordedRequest[] = []
  return {
    transport: async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      return await raceWithAbort(
        request.signal,
        answer(request, responders, record(request, requests)),
      )
    },
    requests,
    respond: (url, scripted) => {
      responders.set(route(url), scripted instanceof Response ? repeating(scripted) : scripted)
    },
    requestsTo: (url) => requests.filter((request) => route(request.url) === route(url)),
  }
}

function route(url: string | URL): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

async function record(request: Request, requests: RecordedRequest[]): Promise<void> {
  const { method, url, headers } = request
  const recorded = { method, url, headers: new Headers(headers), body: '' }
  requests.push(recorded)
  if (request.body !== null) recorded.body = await request.clone().text()
}

async function answer(
  request: Request,
  responders: ReadonlyMap<string, Responder>,
  recorded: Promise<void>,
): Promise<Response> {
  await recorded
  const responder = responders.get(route(request.url))
  if (responder === undefined) throw unscripted(request)
  const response = await responder(request)
  if (request.redirect !== 'manual' && response.status >= 300 && response.status < 400) {
    throw new TypeError(
      request.redirect === 'error' ? 'fetch failed' : 'a scripted transport follows no redirect',
    )
  }
  return response
}

/** Names method, origin and path only: a query may hold a credential. */
function unscripted(request: Request): Error {
  return new Error(`no answer is scripted for ${request.method} ${route(request.url)}`)
}

/**
 * A responder that copies one response again and again. Not with `clone()`: cancelling one of two clones waits for
 * the other to be cancelled too, so code that discards a body would never finish.
 */
function repeating(response: Response): Responder {
  const { status, statusText, headers, body } = response
  const bytes = body === null ? null : response.arrayBuffer()
  return async () => new Response(await bytes, { status, statusText, headers })
}

async function raceWithAbort<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  let onAbort = (): void => undefined
  const aborted = new Promise<never>((_, refuse) => {
    onAbort = () => refuse(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
