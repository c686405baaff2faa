/** What a resource server says when all it misses is a nonce in the proof (RFC 9449 section 9). */
import { parseChallenges } from '@mintmark/protocol'

/** Tells whether the value of `WWW-Authenticate` asks for a nonce. Which one is in another header. */
export function asksForNonce(wwwAuthenticate: string | null): boolean {
  return parseChallenges(wwwAuthenticate ?? '').some(
    ({ scheme, parameters }) => scheme === 'dpop' && parameters.get('error') === 'use_dpop_nonce',
  )
}
