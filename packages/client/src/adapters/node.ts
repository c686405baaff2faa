/**
 * Header fields for `node:http` and everything else that takes them, without an agent of our own (requirement C14).
 *
 * ```ts
 * const { headers, afterAnswer } = await authorizedHeaders(client, { url, method: 'GET' })
 * const request = https.request(url, { headers }, async (response) => {
 *   const again = await afterAnswer(response) // after a 401 that a new token cures: send with again.headers
 * })
 * ```
 */
import type { Authorization, RequestToAuthorize } from '../request-authorizer.ts'
import type { TokenClient } from '../token-client.ts'
import { type ReceivedHeaders, resourceAnswer } from './resource-answer.ts'

/** A request: see `TokenClient.authorize`. */
export interface RequestForHeaders extends Omit<RequestToAuthorize, 'isReplayable' | 'origin'> {
  /** Whether the same request can be sent again: it has no body, or one that is not used up. Default `false`. */
  readonly isReplayable?: boolean
}

/** An answer: `http.IncomingMessage` is one. */
export interface AnswerWithHeaders {
  readonly statusCode?: number | undefined
  readonly headers: ReceivedHeaders
}

/** What one sending of a request carries. Contains the token: never keep it. */
export interface AuthorizedHeaders {
  /** To be set, names in lower case: `authorization`, and `dpop` for bound tokens. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * To be called with the answer, whatever it is. Gives `undefined` when the answer stands; otherwise the same for
   * sending the request once more, after the answer is resumed or destroyed.
   */
  readonly afterAnswer: (answer: AnswerWithHeaders) => Promise<AuthorizedHeaders | undefined>
}

/**
 * Gives the header fields that authorize one request.
 *
 * Rejects with `TokenAcquisitionError` without a token or for an origin that it may not be sent to, with the reason of
 * `signal`, and with `TypeError` for a URL that is not absolute. `node:http` follows no redirects; whoever does must
 * leave these header fields out on the way to another origin.
 */
export async function authorizedHeaders(
  client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
  { isReplayable = false, ...rest }: RequestForHeaders,
): Promise<AuthorizedHeaders> {
  const request = { ...rest, isReplayable }
  return headersOf(client, request, await client.authorize(request))
}

function headersOf(
  client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
  request: RequestToAuthorize,
  authorization: Authorization,
): AuthorizedHeaders {
  return {
    headers: authorization.headers,
    afterAnswer: async ({ statusCode = 0, headers }) => {
      const answer = resourceAnswer(statusCode, headers, undefined)
      const next = await client.reauthorize(request, authorization, answer)
      return next === undefined ? undefined : headersOf(client, request, next)
    },
  }
}
