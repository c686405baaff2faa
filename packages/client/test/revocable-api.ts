/** An API that can be told which tokens are revoked, for tests of what the client does about a 401. */
import type { TokenClientEvent } from '@mintmark/client'
import { jsonResponse, type Responder } from '@mintmark/testkit'
import { apiUrl, type ClientWorld } from './client-world.ts'

/** What our own guard says about a token that is no longer good. */
export const bearerChallenge = 'Bearer realm="api", error="invalid_token"'

/** A 401 with that challenge. */
export function unauthorized(challenge = bearerChallenge, body = 'unauthorized'): Response {
  return new Response(body, { status: 401, headers: { 'www-authenticate': challenge } })
}

/** An API that accepts every token but the revoked ones. */
export function api(world: ClientWorld, challenge = bearerChallenge) {
  const revoked = new Set<string>()
  const answer: Responder = (request) => {
    const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? ''
    return revoked.has(token) ? unauthorized(challenge) : jsonResponse({ served: true })
  }
  world.network.respond(apiUrl, answer)
  return {
    revoke: (...numbers: readonly number[]) => {
      for (const number of numbers) revoked.add(world.tokenEndpoint.token(number))
    },
    get callCount() {
      return world.network.requestsTo(apiUrl).length
    },
  }
}

/** Why tokens were refused, in the order in which it was reported. */
export function reasonsIn(events: readonly TokenClientEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'token_refused' ? [event.reason] : []))
}
