/** What an operator may do about tokens that are out. */
import { endOfTokens } from '../registry/client-operations.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import { aboutClient, decideAndApply, type RegistryWorld } from '../registry/registry-world.ts'

/** Tokens that are out. */
export interface TokenOperations {
  /** Revokes every token that a client has by now; it may ask for new ones. Gives back the client's id. */
  revokeTokensOf(clientId: string): Promise<Registered<string>>
}

/** The operations over an open session. */
export function createTokenOperations(world: RegistryWorld): TokenOperations {
  return {
    revokeTokensOf: (clientId) =>
      decideAndApply(world, aboutClient(clientId), ({ clients: [client] }) =>
        client === undefined
          ? notRegistered('client_unknown', clientId)
          : registered({ changes: [endOfTokens(clientId, world)], value: clientId }),
      ),
  }
}
