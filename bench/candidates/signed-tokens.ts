/** Access tokens for a guard, signed by another library than ours, and the keys they verify with. */
import type { KeyObject } from 'node:crypto'
import { generateKeyPairSync } from 'node:crypto'
import { type JWK, SignJWT } from 'jose'

/** Who is said to have issued the tokens, and for whom. */
export const ISSUER = 'https://issuer.example'
export const AUDIENCE = 'https://api.example'

/** The algorithms that are compared. */
export type BenchAlgorithm = 'ES256' | 'RS256'

/** Distinct valid tokens and the key that signed them. */
export interface SignedTokens {
  readonly algorithm: BenchAlgorithm
  readonly tokens: readonly string[]
  readonly publicKey: KeyObject
  readonly jwk: JWK
}

const LIFETIME_SECONDS = 3_600
const SCOPE = 'applications:write decisions:read'

/** Signs `count` tokens that differ in their `jti` alone (RFC 9068). @param more - Claims in addition. */
export async function signTokens(
  algorithm: BenchAlgorithm,
  count: number,
  more: object = {},
): Promise<SignedTokens> {
  const { privateKey, publicKey } = generateKeys(algorithm)
  const header = { alg: algorithm, typ: 'at+jwt', kid: 'bench' }
  const iat = Math.floor(Date.now() / 1_000)
  const times = { iat, exp: iat + LIFETIME_SECONDS }
  const parties = { iss: ISSUER, sub: 'partner-a', aud: AUDIENCE, client_id: 'partner-a' }
  const tokens: string[] = []
  for (let number = 0; number < count; number++) {
    const jti = `token-${String(number).padStart(16, '0')}`
    const claims = { ...parties, ...times, jti, scope: SCOPE, ...more }
    tokens.push(await new SignJWT(claims).setProtectedHeader(header).sign(privateKey))
  }
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: algorithm, use: 'sig' }
  return { algorithm, tokens, publicKey, jwk: jwk as JWK }
}

function generateKeys(algorithm: BenchAlgorithm) {
  return algorithm === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2_048 })
}
