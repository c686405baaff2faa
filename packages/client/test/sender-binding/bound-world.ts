/** A client with a key of its own, and the answers of servers that want proofs (RFC 9449). */
import { dpop, type TokenClientOptions } from '@mintmark/client'
import type { Responder } from '@mintmark/testkit'
import { clientWorld, tokenError } from '../client-world.ts'
import { proofJudge } from './proof-judge.ts'

/** A client with a key of its own, at a token endpoint that gives DPoP tokens. */
export function boundWorld(options: Partial<TokenClientOptions> = {}) {
  const world = clientWorld(
    { senderBinding: dpop(), ...options },
    { overrides: { token_type: 'DPoP' } },
  )
  return { ...world, judge: proofJudge(() => world.clock.wallMs()) }
}

/** The answer of a token endpoint that wants a nonce (RFC 9449 section 8). */
export function wantsNonce(nonce: string | undefined, status = 400): Responder {
  return tokenError('use_dpop_nonce', status, nonce === undefined ? {} : { 'dpop-nonce': nonce })
}

/** The answer of a resource server with a challenge (RFC 9449 sections 7.1 and 9). */
export function challenged(error: string, nonce?: string, scheme = 'DPoP'): Response {
  const headers = { 'www-authenticate': `${scheme} error="${error}", algs="ES256 EdDSA"` }
  return new Response('challenged', {
    status: 401,
    headers: nonce === undefined ? headers : { ...headers, 'dpop-nonce': nonce },
  })
}
