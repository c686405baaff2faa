/** Authorizing what got sends, by hooks. */
import { TokenAcquisitionError } from '../../token-acquisition-error.ts'
import type { TokenClient } from '../../token-client.ts'
import type { GotHooks } from './got-hooks.ts'
import { GotSendings } from './got-sendings.ts'

/**
 * Makes the options for `got.extend` that authorize its requests.
 *
 * Sets `Authorization`, replacing one that was given. A 401 that a new token would cure is answered by one more
 * request, unless the body is a stream or the stream API is used; `afterResponse` hooks then run for both answers, and
 * `beforeRetry` hooks between them. Every other answer is treated as got does, with its own repetitions.
 *
 * Requests reject with `TokenAcquisitionError`, and nothing is sent, without a token or for an origin that it may not
 * be sent to. `signal` ends the wait for a token; got's timeouts begin behind it. A `request` option is wrapped, not
 * replaced. What leads to the token is not enumerable any more: the request behind a response, the connections of
 * agents among the options.
 */
export function authorizeGot(client: Pick<TokenClient, 'authorize' | 'reauthorize'>): {
  readonly hooks: GotHooks
} {
  const sendings = new GotSendings(client)
  const hooks: GotHooks = {
    beforeRequest: [(options) => sendings.authorize(options)],
    beforeRedirect: [(options) => sendings.redirect(options)],
    afterResponse: [
      async (answer, retryWithMergedOptions) => {
        const isSentAgain = await sendings.judge(answer)
        return isSentAgain ? retryWithMergedOptions({ preserveHooks: true }) : answer
      },
    ],
    beforeError: [
      async (error) => {
        // Streams have no other hook that is told of an answer.
        if (error.options.isStream === true && error.response) await sendings.judge(error.response)
        return error.cause instanceof TokenAcquisitionError ? error.cause : error
      },
    ],
  }
  return { hooks }
}
