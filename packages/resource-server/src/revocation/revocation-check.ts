/**
 * What the revocation feed says about one token. Asked once for each generation of the feed (`obstacles.ts`); in
 * between, a comparison is enough. What is known to be revoked is refused as that, however stale the knowledge is.
 */
import type { SignatureEngine } from '@mintmark/jwt'
import type { FeedFollower } from './feed-follower.ts'
import { type RevocableClaims, type RevocableToken, revocableToken } from './revocable-token.ts'

/** Why a good token is not admitted now. */
export type RevocationObstacle = 'revoked' | 'revocations_unknown'

/** The check of a token with these claims, signed by the key `kid`. */
export async function checkFor(
  claims: RevocableClaims,
  kid: string | undefined,
  feed: FeedFollower,
  engine: SignatureEngine,
): Promise<RevocationCheck> {
  return new RevocationCheck(feed, await revocableToken(claims, kid, engine))
}

/** The check of one token against the feed of its issuer. */
export class RevocationCheck {
  readonly feed: FeedFollower
  readonly #token: RevocableToken

  constructor(feed: FeedFollower, token: RevocableToken) {
    this.feed = feed
    this.#token = token
  }

  /** What stands between the token and its admission; `undefined` when nothing does. */
  obstacle(): RevocationObstacle | undefined {
    if (this.feed.isRevoked(this.#token)) return 'revoked'
    return this.feed.refusesUnlisted() ? 'revocations_unknown' : undefined
  }
}
