/** The public face of the client. */
import type { AccessToken } from './access-token.ts'
import type { AuthorizationDetail } from './authorization-details.ts'
import type { AuthorizedFetch } from './authorized-fetch.ts'
import type { Decision } from './decision-log.ts'
import type { RequestAuthorizer } from './request-authorizer.ts'
import type { TokenCallOptions } from './token-call-options.ts'

/** What a view made by `for` asks for. What is left out is taken from the client. */
export interface TokenRequestOptions {
  /** Scope tokens separated by single spaces. */
  readonly scope?: string
  /** Resource indicators (RFC 8707). */
  readonly resource?: string | readonly string[]
  readonly audience?: string
  /**
   * What the token is for, in more detail than scopes have (RFC 9396): at most 32 objects of JSON values, each with a
   * `type`. Neither their order nor that of their members matters. What was granted is not told: it may be less.
   */
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  /** Parameters of extensions. */
  readonly extraParameters?: Readonly<Record<string, string>>
  /** Origins that this token may be sent to. */
  readonly allowedOrigins?: readonly string[]
}

/**
 * A source of access tokens for one client, with one cached token per scope, resource, audience and
 * extra parameters.
 *
 * The functions may be taken off the object and passed around.
 */
export interface TokenClient {
  /**
   * Gives a token that is good to be attached now.
   *
   * A cached token is given at once; one that is due for renewal too, and the renewal runs in the
   * background. Without a token, all callers wait for the same request.
   *
   * @throws TokenAcquisitionError when there is no token to be had before the deadline; `kind` says
   *   what to do.
   * @throws RangeError for a `deadlineMs` out of range.
   */
  token(options?: TokenCallOptions): Promise<AccessToken>
  /**
   * The cached token, or `undefined`. Starts a background renewal when one is due, but never asks
   * for a first token.
   */
  currentToken(): AccessToken | undefined
  /**
   * `fetch` with the token attached.
   *
   * Waits for a token if need be, for as long as `init.signal` and the client's deadline allow.
   * Sets `Authorization`, replacing one that was given. After a 401 that says the token is no
   * longer good, it renews and sends once more, never a third time; every other answer is returned
   * as it is. On a redirect to another origin the platform's `fetch` drops the header, so the token
   * does not follow.
   *
   * @throws TokenAcquisitionError when there is no token, or the URL's origin is not one the token
   *   may be sent to; nothing is sent then. An aborted signal rejects with its reason, and the
   *   network with whatever `fetch` gives.
   */
  readonly fetch: AuthorizedFetch
  /**
   * For adapters: the header fields that authorize one request, whichever library sends it.
   *
   * Given at once when a token is at hand, as a promise when one has to be waited for; `await` takes both.
   *
   * @throws TokenAcquisitionError as `fetch` does, at once or by the promise; TypeError for a URL that is not absolute.
   */
  readonly authorize: RequestAuthorizer['authorize']
  /**
   * For adapters: to be told of every answer to an authorized request, and what to do about it.
   *
   * Gives `undefined` when the answer is the caller's; otherwise discard it and send the request once more with what is
   * given, and tell of that answer too. Never asks for a third sending but for a nonce (RFC 9449 section 9).
   *
   * @throws The reason of the request's signal, by the promise, when it aborted while a new token was waited for.
   */
  readonly reauthorize: RequestAuthorizer['reauthorize']
  /**
   * A view of this client that asks for something else. Views with the same request share their
   * token. Without `allowedOrigins` and resource URLs, each view is bound to the first origin that
   * it calls.
   *
   * @throws TypeError or RangeError as `createTokenClient` does.
   */
  for(request: TokenRequestOptions): TokenClient
  /** Gets the token ahead of the first call. Rejects as `token` does. */
  warm(options?: TokenCallOptions): Promise<void>
  /** Whether the next call finds a token. */
  ready(): boolean
  /**
   * How long the token endpoint may be down from now on without a caller noticing, in seconds: the
   * least time that is left of a token of this client and all its views. 0 while a key in use has no
   * token; `undefined` while no key is in use. A key is in use when it was asked for within the last
   * ten minutes, or is kept warm.
   */
  outageBudgetSeconds(): number | undefined
  /** Drops the tokens of this client and all its views. The next call gets a new one. */
  forget(): void
  /** The last 64 events of this client and all its views, oldest first. */
  explain(): readonly Decision[]
  /**
   * Ends this client and all its views: requests under way are aborted, waiting and later callers
   * fail with code `disposed`. Needed only to free memory and sockets early: a live client does not
   * keep a process from exiting.
   */
  dispose(): Promise<void>
}
