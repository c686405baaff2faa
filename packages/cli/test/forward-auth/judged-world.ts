/** A judge in front of a real guard with rings, by a clock that stands still, and requests to it. */
import { nodeEngine, publicJwkOf, serialiseJwkSet, signCompact } from '@mintmark/jwt'
import { createFailureRing, createRings, limitPolicy, memoryLimiter } from '@mintmark/limits'
import { createGuard, type GuardedRequest } from '@mintmark/resource-server'
import { invariant } from '@mintmark/runtime'
import {
  createScriptedTransport,
  FakeClock,
  fixtureKeys,
  jsonResponse,
  seededRandom,
  some,
  the,
} from '@mintmark/testkit'
import { addressesBehind, loopbackNetworks } from '../../src/forward-auth/peers.ts'

/** What a judge is made of: two requests for everybody, by client or by address, and two forgeries. */
export function judgingParts() {
  const [clock, network] = [new FakeClock(), createScriptedTransport()]
  network.respond(the.metadataUrl, jsonResponse(some.serverMetadata()))
  network.respond(the.jwksUri, jsonResponse(serialiseJwkSet([publicJwkOf(fixtureKeys.ES256)])))
  const random = seededRandom(1)
  const policy = (name: string) => limitPolicy({ name, quota: 2, windowSeconds: 60 })
  const limiter = () => memoryLimiter({ clock, random })
  return {
    network,
    guard: createGuard({
      ...{ issuer: the.issuer, audience: the.audience, clock, random },
      transport: network.transport,
    }),
    rings: createRings({
      ...{ limiter: limiter(), random },
      ...{ publicPolicies: [policy('public')], partnerPolicies: [policy('partner')] },
      failures: createFailureRing({ limiter: limiter(), perAddress: policy('forgeries') }),
    }),
    addresses: addressesBehind(loopbackNetworks),
  }
}

/** A good token of a client. */
export function tokenOf(client_id: string, scope = 'decisions:read'): string {
  const claims = JSON.stringify(some.claims({ client_id, sub: client_id, scope }))
  const engine = nodeEngine()
  invariant(engine !== undefined, 'tests run where node:crypto is')
  const key = engine.importSigningKey(fixtureKeys.ES256, 'ES256', fixtureKeys.ES256.kid ?? '')
  return signCompact(engine, key, { typ: 'at+jwt' }, claims)
}

/** What a client says with the signature of something else: it takes a signature check to find out. */
export function forgedToken(client_id: string): string {
  const [token, other] = [tokenOf(client_id), tokenOf(`not ${client_id}`)]
  return token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
}

/** A request as a proxy on this machine passes it on for somebody else. */
export function from(address: string, token?: string): GuardedRequest {
  const authorization = token === undefined ? [] : ['Authorization', `Bearer ${token}`]
  const rawHeaders = ['X-Forwarded-For', address, ...authorization]
  return { headers: {}, rawHeaders, socket: { remoteAddress: '127.0.0.1' } }
}
