/** What an operator may do about tokens that are out. */
import type { AccessTokenClaims, AccessTokenValue } from '@mintmark/protocol'
import { endOfTokens } from '../registry/client-operations.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import { aboutClient, decideAndApply, type RegistryWorld } from '../registry/registry-world.ts'

/** Tokens that are out. */
export interface TokenOperations {
  /** Revokes every token that a client has by now; it may ask for new ones. Gives back the client's id. */
  revokeTokensOf(clientId: string): Promise<Registered<string>>
  /** What an active token of ours says, whose ever it is; `undefined` for any other text. */
  introspectToken(token: AccessTokenValue): Promise<AccessTokenClaims | undefined>
  /** Revokes one token, whose ever it is; `false`: there was nothing to revoke. */
  revokeToken(token: AccessTokenValue): Promise<boolean>
}

/** Tells what an active token of ours says. */
export type TokenJudge = (token: AccessTokenValue) => Promise<AccessTokenClaims | undefined>

/** The operations over an open session. */
export function createTokenOperations(world: RegistryWorld, judge: TokenJudge): TokenOperations {
  return {
    introspectToken: judge,
    async revokeToken(token) {
      const claims = await judge(token)
      if (claims === undefined) return false
      const { jti, client_id: clientId, exp: expiresAtSeconds } = claims
      const revocation = { jti, clientId, expiresAtSeconds }
      const origin = { ...world.actor, atWallMs: world.clock.wallMs() }
      await world.session.apply([{ type: 'token_revoked', revocation }], origin)
      await world.changed()
      return true
    },
    revokeTokensOf: (clientId) =>
      decideAndApply(world, aboutClient(clientId), ({ clients: [client] }) =>
        client === undefined
          ? notRegistered('client_unknown', clientId)
          : registered({ changes: [endOfTokens(clientId, world)], value: clientId }),
      ),
  }
}
