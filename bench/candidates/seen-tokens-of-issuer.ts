/**
 * Guards that have to know more of a token seen before than that it was good: whether its issuer has revoked it since,
 * or what its issuer said when it was asked.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createGuard, type Guard } from '@mintmark/resource-server'
import { introspection } from '@mintmark/resource-server/introspection'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { AUDIENCE, ISSUER, type SignedTokens } from './signed-tokens.ts'

const FEED_URL = `${ISSUER}/revocations`
const FEED_VALID_SECONDS = 3_600
const SECRET = randomBytes(32).toString('base64url')

/** A guard that follows a feed in which others' tokens are revoked. */
export async function guardWithFeed(
  { jwk }: SignedTokens,
  verdictCacheBytesMax: number,
): Promise<Guard> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const content = JSON.stringify({ clients: { another: [1, 2] }, keys: {}, tokens: 'AQ' })
  const iat = Math.floor(Date.now() / 1_000)
  const claims = {
    ...{ iss: ISSUER, iat, exp: iat + FEED_VALID_SECONDS, version: 1 },
    content_sha256: createHash('sha256').update(content).digest('base64url'),
  }
  const header = { alg: 'ES256', typ: 'revocations+jwt', kid: 'feed' }
  const signed = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
  const feed = `${signed}\n${content}`
  const keys = [jwk, { ...(await exportJWK(publicKey)), kid: 'feed', alg: 'ES256', use: 'sig' }]
  return createGuard({
    ...{ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/jwks`, verdictCacheBytesMax },
    revocation: { follow: FEED_URL, intervalSeconds: 60, waitSeconds: 0, whenStale: 'refuse' },
    transport: async (url) =>
      String(url) === FEED_URL ? new Response(feed) : Response.json({ keys }),
  })
}

/** A guard that asks about opaque tokens, of which there are `count`. */
export function guardOfOpaqueTokens(count: number, verdictCacheBytesMax: number) {
  const exp = Math.floor(Date.now() / 1_000) + FEED_VALID_SECONDS
  const guard = createGuard({
    ...{ issuer: ISSUER, audience: AUDIENCE, verdictCacheBytesMax },
    introspection: introspection({
      ...{ endpoint: `${ISSUER}/introspect`, clientId: 'the-api', clientSecret: SECRET },
      cacheSecondsMax: FEED_VALID_SECONDS,
    }),
    transport: async () => {
      const parties = { iss: ISSUER, client_id: 'partner-a', aud: AUDIENCE }
      return Response.json({ active: true, ...parties, exp, scope: 'decisions:read' })
    },
  })
  const tokens = Array.from({ length: count }, () => `mmo_${randomBytes(96).toString('base64url')}`)
  return { guard, tokens }
}
