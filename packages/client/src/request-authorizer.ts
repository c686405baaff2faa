/**
 * What every way of sending has in common, whichever library sends: attach a token, and after a 401 decide once whether
 * a new one would help (RFC 6750, requirement C6).
 *
 * Invariants
 *  (1) A token is attached for no origin that the policy does not allow, and never in the clear.
 *  (2) A request is sent twice at most, and the second time only with another token; a nonce asked for by a resource
 *      server (RFC 9449 section 9) may come before that, once.
 *  (3) With a token at hand nothing is awaited, unless a proof has to be signed asynchronously.
 */
import type { MaybePromise } from '@mintmark/jwt'
import { parseChallenges } from '@mintmark/protocol'
import { type AccessToken, authorizationOf } from './access-token.ts'
import type { Report, TokenRequestLabel } from './events.ts'
import { explicitFloor, type LifetimeFloor, STREAM_FLOOR } from './lifetime-floor.ts'
import type { OriginPolicy } from './origin-policy.ts'
import { asksForNonce } from './sender-binding/nonce-challenge.ts'
import type { SenderBinding } from './sender-binding/sender-binding.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { TokenCallOptions } from './token-call-options.ts'
import type { TokenSource } from './token-source.ts'
import { decideOnUnauthorized } from './unauthorized-decision.ts'

/** A request that wants to be authorized. */
export interface RequestToAuthorize extends TokenCallOptions {
  /** Absolute. */
  readonly url: string | URL
  /**
   * The origin of `url`, in whatever spelling, from a caller that has it apart: then the URL is not looked into, unless
   * a proof has to name it.
   */
  readonly origin?: string
  /** As sent. Default `GET`. */
  readonly method?: string
  /**
   * Whether the same request can be sent again: it has no body, or one that is not used up. One that
   * cannot gets a token that lives for another minute, or for 30 % of its usable life where that is
   * less, unless `minTtlSeconds` says otherwise.
   */
  readonly isReplayable: boolean
  /** Whether it carries an `Idempotency-Key`. Default `false`. */
  readonly hasIdempotencyKey?: boolean
}

/** What one sending of a request carries. Contains the token: never keep it. */
export interface Authorization {
  /** Header fields to set, names in lower case: `authorization`, and `dpop` for bound tokens. */
  readonly headers: Readonly<Record<string, string>>
  readonly token: AccessToken
  /** Whether a nonce has been asked for already. */
  readonly isNonceRetry: boolean
  /** Whether this is the sending with a renewed token. */
  readonly isRenewed: boolean
}

/** What came back, as far as it matters here. */
export interface ResourceAnswer {
  readonly status: number
  /** All `WWW-Authenticate` values, joined by commas; `null` without one. */
  readonly wwwAuthenticate: string | null
  readonly dpopNonce?: string | null
  /** The URL that answered, where redirects were followed. Default: that of the request. */
  readonly url?: string | undefined
}

/** Authorizes the requests of one view. */
export interface RequestAuthorizer {
  /** See `TokenClient.authorize`. */
  readonly authorize: (request: RequestToAuthorize) => MaybePromise<Authorization>
  /** See `TokenClient.reauthorize`. */
  readonly reauthorize: (
    request: RequestToAuthorize,
    sent: Authorization,
    answer: ResourceAnswer,
  ) => MaybePromise<Authorization | undefined>
}

/** What authorizing needs. */
export interface RequestAuthorizerParts {
  readonly label: TokenRequestLabel
  /** The source at the moment of the call. */
  readonly source: () => TokenSource
  readonly allows: OriginPolicy
  readonly binding: SenderBinding | undefined
  /** Whether a 401 without any challenge is an answer to the token. */
  readonly renewsWithoutChallenge: boolean
  readonly report: Report
}

/** Makes the authorizer of one view. */
export function createRequestAuthorizer(parts: RequestAuthorizerParts): RequestAuthorizer {
  // What is allowed once is allowed for good.
  let allowedOrigin: string | undefined
  let last: Authorization | undefined
  return {
    authorize: (request) => {
      const { origin } = request
      if (origin === undefined || origin !== allowedOrigin) {
        const url = absoluteUrl(origin ?? request.url)
        if (!parts.allows(url)) throw new TokenAcquisitionError({ code: 'origin_not_allowed' })
        allowedOrigin = origin
      }
      const held = parts.source().currentToken(floorOf(request))
      if (held === undefined || parts.binding !== undefined) {
        return authorizeSending(parts, request, FIRST)
      }
      if (last?.token !== held) last = plainAuthorization(held)
      return last
    },
    reauthorize: (request, sent, answer) => {
      const hasNonce = learnNonce(parts, request, answer)
      if (answer.status < 400) parts.source().noteAccepted(sent.token)
      if (answer.status !== 401) return undefined
      const { isRenewed, isNonceRetry } = sent
      const mayAddNonce = hasNonce && !isNonceRetry && request.isReplayable
      if (mayAddNonce && asksForNonce(answer.wwwAuthenticate)) {
        parts.report({ type: 'nonce_requested', request: parts.label, by: 'resource_server' })
        return authorizeSending(parts, request, { isRenewed, isNonceRetry: true })
      }
      return isRenewed ? undefined : afterUnauthorized(parts, request, sent, answer)
    },
  }
}

/** The URL of a request. Throws `TypeError` for one that is not absolute. */
export function absoluteUrl(url: string | URL): URL {
  if (url instanceof URL) return url
  try {
    return new URL(url)
  } catch {
    // The platform's own error carries the text, and with it whatever is in its query.
    throw new TypeError('expected an absolute URL')
  }
}

interface Sending {
  readonly isNonceRetry: boolean
  readonly isRenewed: boolean
}

const FIRST: Sending = { isNonceRetry: false, isRenewed: false }

function authorizeSending(
  parts: RequestAuthorizerParts,
  request: RequestToAuthorize,
  sending: Sending,
): MaybePromise<Authorization> {
  const held = parts.source().currentToken(floorOf(request))
  if (held !== undefined) return attach(parts, request, held, sending)
  return acquire(parts, request).then((token) => attach(parts, request, token, sending))
}

/** Without a proof in it, it is the same for every request that the token is first sent with. */
function plainAuthorization(token: AccessToken): Authorization {
  const headers = Object.freeze({ authorization: authorizationOf(token) })
  return Object.freeze({ headers, token, ...FIRST })
}

function attach(
  { binding }: RequestAuthorizerParts,
  request: RequestToAuthorize,
  token: AccessToken,
  { isNonceRetry, isRenewed }: Sending,
): MaybePromise<Authorization> {
  const authorization = authorizationOf(token)
  if (binding === undefined) {
    return { headers: { authorization }, token, isNonceRetry, isRenewed }
  }
  const { method = 'GET', url } = request
  const bound = (dpop: string): Authorization => ({
    headers: { authorization, dpop },
    ...{ token, isNonceRetry, isRenewed },
  })
  const proof = binding.prove({ method, url: absoluteUrl(url), token })
  return typeof proof === 'string' ? bound(proof) : proof.then(bound)
}

function answeredUrl({ url }: RequestToAuthorize, answer: ResourceAnswer): URL {
  return absoluteUrl(answer.url === undefined || answer.url === '' ? url : answer.url)
}

/** Tells whether there was one. Where a redirect led has no say in the proofs for the origin that was asked. */
function learnNonce(
  { binding }: RequestAuthorizerParts,
  request: RequestToAuthorize,
  answer: ResourceAnswer,
): boolean {
  if (binding === undefined) return false
  const { dpopNonce = null } = answer
  if (dpopNonce === null) return false
  const url = answeredUrl(request, answer)
  return url.origin === absoluteUrl(request.url).origin && binding.learnNonce(url, dpopNonce)
}

async function afterUnauthorized(
  parts: RequestAuthorizerParts,
  request: RequestToAuthorize,
  sent: Authorization,
  answer: ResourceAnswer,
): Promise<Authorization | undefined> {
  const source = parts.source()
  const { fingerprint } = sent.token
  const challenges = parseChallenges(answer.wwwAuthenticate ?? '')
  const { action, reason } = decideOnUnauthorized({
    challenges,
    scheme: parts.binding?.tokenType ?? 'bearer',
    isMeantWithoutChallenge: parts.renewsWithoutChallenge && answer.wwwAuthenticate === null,
    isAnsweredElsewhere: answeredUrl(request, answer).origin !== absoluteUrl(request.url).origin,
    isReplayable: request.isReplayable,
    method: request.method ?? 'GET',
    hasIdempotencyKey: request.hasIdempotencyKey === true,
    ...source.refused(fingerprint),
  })
  parts.report({ type: 'token_refused', request: parts.label, fingerprint, reason })
  if (action === 'renew' || action === 'invalidate') source.invalidate(fingerprint)
  if (action === 'return' || action === 'invalidate') return undefined
  const next = await acquireAgain(parts, request)
  // Some servers hand out the same token until it expires, whoever refuses it.
  if (next === undefined || next.fingerprint === fingerprint) return undefined
  return attach(parts, request, next, { isNonceRetry: sent.isNonceRetry, isRenewed: true })
}

function floorOf({ minTtlSeconds, isReplayable }: RequestToAuthorize): LifetimeFloor | undefined {
  if (minTtlSeconds !== undefined) return explicitFloor(minTtlSeconds)
  return isReplayable ? undefined : STREAM_FLOOR
}

/** Not an async function: what waits a hundred thousand times should be small. */
function acquire(
  { source }: RequestAuthorizerParts,
  request: RequestToAuthorize,
): Promise<AccessToken> {
  const { signal, deadlineMs } = request
  const floor = floorOf(request)
  const options = {
    ...(signal !== undefined && { signal }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  }
  const token = floor ? source().tokenAbove(floor, options) : source().token(options)
  return signal === undefined ? token : orReasonOf(signal, token)
}

/** A call that was aborted while it waited rejects with the reason of its signal, as `fetch` would. */
async function orReasonOf<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  try {
    return await promise
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}

/** `undefined` when there is no new token: then the first answer is all there is. */
async function acquireAgain(
  parts: RequestAuthorizerParts,
  request: RequestToAuthorize,
): Promise<AccessToken | undefined> {
  try {
    return await acquire(parts, request)
  } catch (error) {
    if (error instanceof TokenAcquisitionError) return undefined
    throw error
  }
}
