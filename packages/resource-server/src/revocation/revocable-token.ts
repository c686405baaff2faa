/** A token as a revocation feed can name it: by its own name, by its client and age, or by the key that signed it. */
import type { SignatureEngine } from '@mintmark/jwt'
import { type RevocationFeed, revokedTokenName } from '@mintmark/protocol'

/** What a feed is searched for. */
export interface RevocableToken {
  readonly clientId: string
  /** Claim `iat` in whole seconds. */
  readonly issuedAtSeconds: number
  /** Claim `exp` in whole seconds. */
  readonly expiresAtSeconds: number
  /** What the feed calls its `jti`. */
  readonly name: number
  /** The key that signed it; `undefined` for a token that names none. */
  readonly kid: string | undefined
}

/** The claims that {@link revocableToken} reads. */
export interface RevocableClaims {
  readonly client_id: string
  readonly iat: number
  readonly exp: number
  /** A token without one can be revoked by its client or its key only. */
  readonly jti?: string
}

/** The token with these claims, signed by the key `kid`. */
export async function revocableToken(
  claims: RevocableClaims,
  kid: string | undefined,
  engine: SignatureEngine,
): Promise<RevocableToken> {
  return {
    clientId: claims.client_id,
    issuedAtSeconds: Math.floor(claims.iat),
    expiresAtSeconds: Math.floor(claims.exp),
    name: revokedTokenName(await engine.sha256(new TextEncoder().encode(claims.jti ?? ''))),
    kid,
  }
}

/** Whether the feed revokes the token. Does not ask whether the feed is anybody's word. */
export function isRevokedBy(feed: RevocationFeed, token: RevocableToken): boolean {
  const client = feed.clients.get(token.clientId)
  if (client !== undefined && token.issuedAtSeconds <= client.notBeforeSeconds) return true
  if (token.kid !== undefined && feed.keys.has(token.kid)) return true
  return feed.tokens.has(token)
}
