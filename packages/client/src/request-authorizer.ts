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
import type { OriginPolicy } from './origin-policy.ts'
import type { SenderBinding } from './sender-binding/sender-binding.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { TokenCallOptions } from './token-call-options.ts'
import type { TokenSource } from './token-source.ts'
import { decideOnUnauthorized } from './unauthorized-decision.ts'

/** A request that wants to be authorized. */
export interface RequestToAuthorize extends TokenCallOptions {
  /** Absolute. */
  readonly url: string | URL
  /** As sent. Default `GET`. */
  readonly method?: string
  /** Whether the same request can be sent again: it has no body, or one that is not used up. */
  readonly isReplayable: boolean
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
  readonly report: Report
}

/** Makes the authorizer of one view. */
export function createRequestAuthorizer(parts: RequestAuthorizerParts): RequestAuthorizer {
  return {
    authorize: (request) => {
      const url = absoluteUrl(request.url)
      if (!parts.allows(url)) throw new TokenAcquisitionError({ code: 'origin_not_allowed' })
      const held = parts.source().currentToken()
      if (held !== undefined) return attach(parts, request, held, FIRST)
      return acquire(parts, request).then((token) => attach(parts, request, token, FIRST))
    },
    reauthorize: (request, sent, answer) => {
      const { binding } = parts
      const isNonceNew =
        binding?.learnNonce(answeredUrl(request, answer), answer.dpopNonce ?? null) === true
      if (answer.status < 400) parts.source().noteAccepted(sent.token)
      if (answer.status !== 401 || sent.isRenewed) return undefined
      return afterUnauthorized(parts, request, sent, answer, isNonceNew)
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

async function afterUnauthorized(
  parts: RequestAuthorizerParts,
  request: RequestToAuthorize,
  sent: Authorization,
  answer: ResourceAnswer,
  isNonceNew: boolean,
): Promise<Authorization | undefined> {
  const source = parts.source()
  const { fingerprint } = sent.token
  const challenges = parseChallenges(answer.wwwAuthenticate ?? '')
  const { action, reason } = decideOnUnauthorized({
    challenges,
    isAnsweredElsewhere: answeredUrl(request, answer).origin !== absoluteUrl(request.url).origin,
    isReplayable: request.isReplayable,
    ...source.refused(fingerprint),
  })
  void isNonceNew
  parts.report({ type: 'token_refused', request: parts.label, fingerprint, reason })
  if (action === 'renew' || action === 'invalidate') source.invalidate(fingerprint)
  if (action === 'return' || action === 'invalidate') return undefined
  const next = await acquireAgain(parts, request)
  // Some servers hand out the same token until it expires, whoever refuses it.
  if (next === undefined || next.fingerprint === fingerprint) return undefined
  return attach(parts, request, next, { isNonceRetry: sent.isNonceRetry, isRenewed: true })
}

/** A call that was aborted while it waited rejects with the reason of its signal, as `fetch` would. */
async function acquire(
  { source }: RequestAuthorizerParts,
  { signal, deadlineMs }: RequestToAuthorize,
): Promise<AccessToken> {
  try {
    return await source().token({
      ...(signal !== undefined && { signal }),
      ...(deadlineMs !== undefined && { deadlineMs }),
    })
  } catch (error) {
    signal?.throwIfAborted()
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
