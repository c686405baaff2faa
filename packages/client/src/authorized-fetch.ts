/**
 * `fetch` with a token: attach, send, and after a 401 decide once whether a new token would help
 * (RFC 6750, requirement C6).
 *
 * Invariants
 *  (1) A token goes to no origin that the policy does not allow, and never in the clear. The
 *      redirect rule of the Fetch standard keeps it from following to another origin: the header is
 *      dropped there.
 *  (2) Without a token nothing is sent.
 *  (3) A request is sent twice at most. The body of the first answer is discarded before the second
 *      is sent, and only when the token differs from the refused one.
 *  (4) Where no second request is sent, the caller gets the first answer, untouched.
 */
import { parseChallenges } from '@mintmark/protocol'
import { discardBody, type Transport } from '@mintmark/runtime'
import { type AccessToken, authorizationOf } from './access-token.ts'
import type { Report, TokenRequestLabel } from './events.ts'
import type { OriginPolicy } from './origin-policy.ts'
import { isReplayable } from './replayable-body.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { TokenSource } from './token-source.ts'
import { decideOnUnauthorized } from './unauthorized-decision.ts'

/** What attaching needs. */
export interface AuthorizedFetchParts {
  readonly label: TokenRequestLabel
  /** The source at the moment of the call. */
  readonly source: () => TokenSource
  readonly allows: OriginPolicy
  readonly transport: Transport
  readonly report: Report
}

/** One call, with everything needed to send it again. */
interface Call {
  readonly input: string | URL | Request
  readonly init: RequestInit | undefined
  readonly url: URL
  readonly signal: AbortSignal | undefined
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
      return fetchWithToken(parts, input, init)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function fetchWithToken(
  parts: AuthorizedFetchParts,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const call: Call = { input, init, url: urlOf(input), signal: signalOf(input, init) }
  if (!parts.allows(call.url)) throw new TokenAcquisitionError({ code: 'origin_not_allowed' })
  const held = parts.source().currentToken()
  if (held !== undefined) return sendAndJudge(parts, call, held)
  return acquire(parts, call).then((token) => sendAndJudge(parts, call, token))
}

function sendAndJudge(
  parts: AuthorizedFetchParts,
  call: Call,
  token: AccessToken,
): Promise<Response> {
  return send(parts, call, token).then((response) => {
    if (response.status === 401) return afterUnauthorized(parts, call, token, response)
    noteAnswer(parts, token, response)
    return response
  })
}

async function afterUnauthorized(
  parts: AuthorizedFetchParts,
  call: Call,
  token: AccessToken,
  response: Response,
): Promise<Response> {
  const source = parts.source()
  const { fingerprint } = token
  const { action, reason } = decideOnUnauthorized({
    challenges: parseChallenges(response.headers.get('www-authenticate') ?? ''),
    isAnsweredElsewhere: response.redirected && new URL(response.url).origin !== call.url.origin,
    isReplayable: isReplayable(call.input, call.init),
    ...source.refused(fingerprint),
  })
  parts.report({ type: 'token_refused', request: parts.label, fingerprint, reason })
  if (action === 'renew' || action === 'invalidate') source.invalidate(fingerprint)
  if (action === 'return' || action === 'invalidate') return response
  const next = await acquireAgain(parts, call, response)
  // Some servers hand out the same token until it expires, whoever refuses it.
  if (next === undefined || next.fingerprint === fingerprint) return response
  void discardBody(response)
  const second = await send(parts, call, next)
  noteAnswer(parts, next, second)
  return second
}

function send(
  { transport }: AuthorizedFetchParts,
  { input, init }: Call,
  token: AccessToken,
): Promise<Response> {
  const authorization = authorizationOf(token)
  const given = init?.headers ?? (input instanceof Request ? input.headers : undefined)
  if (given === undefined) return transport(input, { ...init, headers: { authorization } })
  const headers = new Headers(given)
  headers.set('authorization', authorization)
  return transport(input, { ...init, headers })
}

function noteAnswer({ source }: AuthorizedFetchParts, token: AccessToken, answer: Response): void {
  if (answer.status < 400) source().noteAccepted(token)
}

/**
 * A call that was aborted while it waited rejects as `fetch` would: with the reason of its signal.
 */
async function acquire({ source }: AuthorizedFetchParts, { signal }: Call): Promise<AccessToken> {
  try {
    return await source().token(signal === undefined ? undefined : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

/** `undefined` when there is no new token: then the first answer is all there is. */
async function acquireAgain(
  parts: AuthorizedFetchParts,
  call: Call,
  first: Response,
): Promise<AccessToken | undefined> {
  try {
    return await acquire(parts, call)
  } catch (error) {
    if (error instanceof TokenAcquisitionError) return undefined
    void discardBody(first)
    throw error
  }
}

function urlOf(input: string | URL | Request): URL {
  if (input instanceof URL) return input
  try {
    return new URL(input instanceof Request ? input.url : input)
  } catch {
    // The platform's own error carries the text, and with it whatever is in its query.
    throw new TypeError('fetch: expected an absolute URL')
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
