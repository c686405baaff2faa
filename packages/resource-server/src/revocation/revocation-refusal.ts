/** The answer for a token that its revocation feed lists, or about which the feed is too old to say anything. */
import type { TokenScheme } from '../presented-token.ts'
import type { RefusalResponses } from '../refusal-response.ts'
import type { Refusal } from '../verdict.ts'
import type { RevocationCheck } from './revocation-check.ts'

/** The refusal of a token by what its feed says now; `undefined` when that is nothing. */
export function revocationRefusal(
  check: RevocationCheck,
  scheme: TokenScheme,
  responses: RefusalResponses,
): Refusal | undefined {
  const obstacle = check.obstacle()
  if (obstacle === undefined) return undefined
  return obstacle === 'revoked'
    ? responses.of(obstacle, scheme)
    : responses.unavailable(obstacle, check.feed.retryAfterSeconds())
}
