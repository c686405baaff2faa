/** What every endpoint is made of, wired once by `create-authorization-server.ts`. */
import type { SynchronousSignatureEngine } from '@mintmark/jwt'
import { type Parameters, readBodyCredentials } from '@mintmark/protocol'
import type { Clock, Observer } from '@mintmark/runtime'
import {
  type Authentication,
  authenticateClient,
  type PresentedCredentials,
} from '../authenticate-client.ts'
import type { Dialect } from '../dialect.ts'
import type { AuthorizationServerEvent, EndpointName } from '../events.ts'
import type { EndpointRequest, EndpointResponse } from '../http/endpoint.ts'
import type { RefusalReason } from '../refusal.ts'
import type { LiveState } from '../registry/live-state.ts'
import type { SecretDigester } from '../registry/secret-digest.ts'
import { refusal } from '../respond.ts'
import type { StorageSession } from '../storage/storage.ts'

/** Everything that an endpoint may use; there is no other way to clock, keys or storage. */
export interface EndpointWorld {
  readonly issuer: string
  readonly dialect: Dialect
  readonly clock: Clock
  readonly newIdentifier: () => string
  readonly observer: Observer<AuthorizationServerEvent>
  readonly engine: SynchronousSignatureEngine
  readonly digester: SecretDigester
  readonly state: LiveState
  readonly session: StorageSession
}

/** Authenticates the client of a request against what the registry holds now. */
export function authenticate(
  request: EndpointRequest,
  parameters: Parameters,
  world: EndpointWorld,
): Authentication {
  const { clientId, clientSecret } = readBodyCredentials(parameters)
  const presented: PresentedCredentials = {
    authorization: request.authorization,
    bodyClientId: clientId,
    bodyClientSecret: clientSecret,
    hasAssertion: parameters.one('client_assertion') !== undefined,
  }
  return authenticateClient(presented, world.state.registry, world.digester, world.clock.wallMs())
}

/** Tells the observer about a refusal and gives its response. */
export function refuse(
  world: EndpointWorld,
  endpoint: EndpointName,
  reason: RefusalReason,
  clientId: string | undefined,
): EndpointResponse {
  world.observer({ type: 'request_refused', endpoint, reason, clientId })
  return refusal(reason)
}
