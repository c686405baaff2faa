/** What every endpoint is made of, wired once by `create-authorization-server.ts`. */
import type { SignatureEngine, SynchronousSignatureEngine } from '@mintmark/jwt'
import type { Parameters } from '@mintmark/protocol'
import type { Clock, Observer } from '@mintmark/runtime'
import { authenticateClient } from '../client-authentication/authenticate-client.ts'
import type {
  AuthenticatedClient,
  Authentication,
  FailedAuthentication,
} from '../client-authentication/authentication.ts'
import type { AuthenticationWorld } from '../client-authentication/authentication-world.ts'
import type { Dialect } from '../dialect.ts'
import type { AuthorizationServerEvent, EndpointName } from '../events.ts'
import type { Endpoint, EndpointRequest, EndpointResponse } from '../http/endpoint.ts'
import type { RefusalReason } from '../refusal.ts'
import { noDetail, type RefusalDetail } from '../refusals/refusal-detail.ts'
import type { RefusalReferences } from '../refusals/refusal-reference.ts'
import type { ShadowablePolicy } from '../registry/client-settings.ts'
import type { LiveState } from '../registry/live-state.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import type { SecretDigester } from '../registry/secret-digest.ts'
import type { SecretUsageRecorder } from '../registry/secret-usage.ts'
import { refusal, serverError } from '../respond.ts'
import type { RevocationFeedSource } from '../revocation-feed/revocation-feed.ts'
import type { BindingWorld } from '../sender-binding/bind-token.ts'
import type { StorageSession } from '../storage/storage.ts'
import type { ServerCounters } from '../telemetry/server-counters.ts'
import type { GenuineTokens } from '../tokens/genuine-tokens.ts'
import type { OpaqueSeal } from '../tokens/opaque-token.ts'
import { readParameters } from './request-parameters.ts'

/** Everything that an endpoint may use; there is no other way to clock, keys or storage. */
export interface EndpointWorld {
  readonly issuer: string
  readonly dialect: Dialect
  readonly clock: Clock
  readonly newIdentifier: () => string
  readonly observer: Observer<AuthorizationServerEvent>
  readonly engine: SynchronousSignatureEngine
  /** Signs with every key of the ring, external ones included; those answer later. */
  readonly signatures: SignatureEngine
  readonly digester: SecretDigester
  readonly state: LiveState
  readonly session: StorageSession
  readonly references: RefusalReferences
  readonly opaqueSeal: OpaqueSeal
  readonly genuineTokens: GenuineTokens
  readonly revocationFeed: RevocationFeedSource
  readonly counters: ServerCounters
  /** How clients are known. */
  readonly authentication: AuthenticationWorld
  /** To what tokens are bound. */
  readonly binding: BindingWorld
  readonly secretUsage: SecretUsageRecorder
}

/** Tells the observer about a refusal and gives its response, with a reference for whoever may know the reason. */
export function refuse(
  world: EndpointWorld,
  endpoint: EndpointName,
  reason: RefusalReason,
  clientId: string | undefined,
  detail: RefusalDetail = noDetail,
): EndpointResponse {
  world.observer({ type: 'request_refused', endpoint, reason, clientId, detail })
  const atWallMs = world.clock.wallMs()
  return refusal(reason, world.references.seal({ atWallMs, endpoint, reason, clientId, detail }))
}

/**
 * Whether `policy` is enforced for `client`, now that it has a `reason` to refuse a request. In shadow mode it is not:
 * the observer hears what would have been refused, and the request goes on.
 */
export function isEnforced(
  world: EndpointWorld,
  endpoint: EndpointName,
  client: RegisteredClient,
  policy: ShadowablePolicy,
  reason: RefusalReason,
): boolean {
  if (!client.settings.shadowed.includes(policy)) return true
  world.observer({ type: 'refusal_shadowed', endpoint, policy, reason, clientId: client.id })
  return false
}

function refuseCaller(
  world: EndpointWorld,
  endpoint: EndpointName,
  { reason, clientId, detail }: FailedAuthentication,
): EndpointResponse {
  return refuse(world, endpoint, reason, clientId, detail)
}

/** Answers a request whose client is known. */
export type ClientEndpoint = (
  call: ClientCall,
  answer: (response: EndpointResponse) => void,
) => void

/** A request whose client is known. */
export interface ClientCall {
  readonly caller: AuthenticatedClient
  readonly parameters: Parameters
  readonly request: EndpointRequest
}

/**
 * An endpoint for clients: reads the parameters, authenticates, and only then lets `respond` see the request. What it
 * cannot read and whom it does not know it refuses by itself, in that order.
 */
export function clientEndpoint(
  world: EndpointWorld,
  name: EndpointName,
  respond: ClientEndpoint,
): Endpoint {
  return (request, answer) => {
    const read = readParameters(request)
    if (!read.ok) return answer(refuse(world, name, read.reason, undefined))
    if (!world.state.isServing) {
      return answer(refuse(world, name, 'storage_unavailable', undefined))
    }
    const { parameters } = read
    const proceed = (authentication: Authentication): void => {
      if (authentication.ok) {
        const { method, secretId } = authentication
        world.counters.authenticated(method)
        if (secretId !== undefined) world.secretUsage.record(secretId, request)
        respond({ caller: authentication, parameters, request }, answer)
      } else answer(refuseCaller(world, name, authentication))
    }
    const authentication = authenticateClient(request, parameters, name, world.authentication)
    if (authentication instanceof Promise) {
      // A bug behind the promise must not leave the caller without an answer.
      authentication.then(proceed).catch(() => answer(serverError))
    } else proceed(authentication)
  }
}
