/**
 * The revocation endpoint (RFC 7009): 200 for everything that is or already was inactive, and for another client's
 * token, which stays untouched. A success is answered only after the revocation is durable.
 */
import { parseRevocationRequest } from '@mintmark/protocol'
import type { Endpoint, EndpointResponse } from '../http/endpoint.ts'
import { revoked } from '../respond.ts'
import type { RevocationRecord } from '../storage/records.ts'
import { claimsOfActiveToken } from '../tokens/own-token.ts'
import { clientEndpoint } from './client-endpoint.ts'
import { type EndpointWorld, refuse } from './endpoint-world.ts'

/** Makes the revocation endpoint. */
export function createRevocationEndpoint(world: EndpointWorld): Endpoint {
  return clientEndpoint(world, 'revocation', ({ caller: { client }, parameters }, answer) => {
    const parsed = parseRevocationRequest(parameters)
    if (!parsed.ok) return answer(refuse(world, 'revocation', 'token_missing', client.id))
    const claims = claimsOfActiveToken(parsed.value.token, world, world.clock.wallMs())
    if (claims === undefined || claims.client_id !== client.id) return answer(revoked)
    void revoke({ jti: claims.jti, clientId: client.id, expiresAtSeconds: claims.exp }, world).then(
      answer,
    )
  })
}

async function revoke(
  revocation: RevocationRecord,
  world: EndpointWorld,
): Promise<EndpointResponse> {
  try {
    await world.session.apply([{ type: 'token_revoked', revocation }], {
      actor: `client:${revocation.clientId}`,
      via: 'token_endpoint',
      atWallMs: world.clock.wallMs(),
    })
    await world.state.catchUp()
  } catch {
    return refuse(world, 'revocation', 'storage_unavailable', revocation.clientId)
  }
  world.observer({ type: 'token_revoked', clientId: revocation.clientId, jti: revocation.jti })
  return revoked
}
