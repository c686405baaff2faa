/** Judges sampled token responses with another library than ours, so that a fast wrong answer is no answer. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type { ServerReady } from '../servers/server-ready.ts'
import { firstAnswer } from './first-answer.ts'
import { RESOURCE } from './token-workload.ts'

/**
 * Rejects unless every body is a Bearer token response whose access token verifies with the server's published keys
 * (RFC 9068: `typ`, `iss`, `aud`, `exp`), and no two tokens have the same `jti`.
 */
export async function checkTokenAnswers(
  bodies: readonly string[],
  { port, issuer, jwksPath }: ServerReady,
): Promise<void> {
  const { body } = await firstAnswer(port, getRequest(jwksPath))
  const keys = createLocalJWKSet(JSON.parse(body.toString('utf8')) as JSONWebKeySet)
  const identifiers = new Set<string>()
  for (const text of bodies) {
    const { access_token: token, token_type: type } = JSON.parse(text) as Record<string, unknown>
    if (typeof token !== 'string' || type !== 'Bearer') throw new Error('not a token response')
    const expected = { issuer, audience: RESOURCE, typ: 'at+jwt', requiredClaims: ['exp', 'jti'] }
    const { payload } = await jwtVerify(token, keys, {
      ...expected,
      algorithms: ['ES256', 'RS256'],
    })
    identifiers.add(payload.jti ?? '')
  }
  if (identifiers.size !== bodies.length) throw new Error('two tokens have the same jti')
}

/** Throws unless every body is a token response; whose key signed is not looked at. */
export function checkTokenBodies(bodies: readonly string[]): void {
  for (const text of bodies) {
    const { access_token: token } = JSON.parse(text) as Record<string, unknown>
    if (typeof token !== 'string') throw new Error('not a token response')
  }
}

/** Rejects unless every body is the error `invalid_client` (RFC 6749 section 5.2). */
export async function checkRefusalAnswers(bodies: readonly string[]): Promise<void> {
  for (const text of bodies) {
    const { error } = JSON.parse(text) as Record<string, unknown>
    if (error !== 'invalid_client') throw new Error('not the refusal of a client')
  }
}

function getRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`
}
