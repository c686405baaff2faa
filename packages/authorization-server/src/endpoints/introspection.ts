/**
 * The introspection endpoint (RFC 7662).
 *
 * Every doubt about the caller is 401, every doubt about the token is `{"active":false}`. A caller learns about its
 * own tokens, and about tokens for a resource that it serves. Where nobody was named as a resource's server, any
 * client with a grant there may ask: holding the token, it could read a JWT anyway.
 */
import {
  type AccessTokenClaims,
  inactive,
  parseIntrospectionRequest,
  serialiseActive,
} from '@mintmark/protocol'
import type { Endpoint } from '../http/endpoint.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import { confidential } from '../respond.ts'
import { claimsOfActiveToken } from '../tokens/own-token.ts'
import { clientEndpoint, type EndpointWorld, refuse } from './endpoint-world.ts'

/** Makes the introspection endpoint. */
export function createIntrospectionEndpoint(world: EndpointWorld): Endpoint {
  return clientEndpoint(world, 'introspection', ({ caller: { client }, parameters }, answer) => {
    const parsed = parseIntrospectionRequest(parameters)
    if (!parsed.ok) return answer(refuse(world, 'introspection', 'token_missing', client.id))
    const claims = claimsOfActiveToken(parsed.value.token, world, world.clock.wallMs())
    const mayKnow = claims !== undefined && isConcern(claims, client, world.state.registry)
    answer(confidential(mayKnow ? serialiseActive({ ...claims, token_type: 'Bearer' }) : inactive))
  })
}

function isConcern(
  claims: AccessTokenClaims,
  caller: RegisteredClient,
  registry: RegistrySnapshot,
): boolean {
  if (claims.client_id === caller.id) return true
  const audience = typeof claims.aud === 'string' ? [claims.aud] : claims.aud
  return audience.some(
    (resource) =>
      caller.servesResources.has(resource) ||
      (caller.grants.has(resource) && !registry.isServed(resource)),
  )
}
