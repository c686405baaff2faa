/** What every endpoint is made of, wired once by `create-authorization-server.ts`. */
import type { SignatureEngine, SynchronousSignatureEngine } from '@mintmark/jwt'
import { type LimitVerdict, rateLimitHeaders } from '@mintmark/limits'
import type { Clock, Observer, RandomSource } from '@mintmark/runtime'
import type { AuthenticationWorld } from '../client-authentication/authentication-world.ts'
import type { Dialect } from '../dialect.ts'
import type { AuthorizationServerEvent, EndpointName } from '../events.ts'
import { accepts } from '../http/accepts.ts'
import type { EndpointRequest, EndpointResponse } from '../http/endpoint.ts'
import type { RefusalReason } from '../refusal.ts'
import { noDetail, type RefusalDetail } from '../refusals/refusal-detail.ts'
import type { RefusalReferences } from '../refusals/refusal-reference.ts'
import type { ShadowablePolicy } from '../registry/client-settings.ts'
import type { LiveState } from '../registry/live-state.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import type { SecretDigester } from '../registry/secret-digest.ts'
import type { SecretUsageRecorder } from '../registry/secret-usage.ts'
import type { Load } from '../request-limits/load.ts'
import type { RequestLimits } from '../request-limits/request-limits.ts'
import { limitRefusal, refusal } from '../respond.ts'
import type { RevocationFeedSource } from '../revocation-feed/revocation-feed.ts'
import type { BindingWorld } from '../sender-binding/bind-token.ts'
import type { StorageSession } from '../storage/storage.ts'
import type { ServerCounters } from '../telemetry/server-counters.ts'
import type { GenuineTokens } from '../tokens/genuine-tokens.ts'
import type { OpaqueSeal } from '../tokens/opaque-token.ts'

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
  /** Whether the certificate of a client can arrive here, as far as the operator has said. */
  readonly expectsCertificates: boolean
  /** Where connections ask for a certificate, when that is another origin than the issuer's. */
  readonly mutualTlsOrigin: string | undefined
  /** Whether clients can register themselves. */
  readonly offersRegistration: boolean
  /** To what tokens are bound. */
  readonly binding: BindingWorld
  readonly secretUsage: SecretUsageRecorder
  /** How much may be asked for, and by whom. */
  readonly limits: RequestLimits
  /** How much the server has taken on. */
  readonly load: Load
  readonly random: RandomSource
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

/** A request for which a limit leaves no room. */
export interface LimitedRequest {
  readonly request: EndpointRequest
  readonly reason: RefusalReason
  /** Only of a client that has authenticated. */
  readonly clientId: string | undefined
}

/** Refuses a request because of what a limit says; with 503 where the limits could not be asked. */
export function refuseLimited(
  world: EndpointWorld,
  endpoint: EndpointName,
  { request, reason, clientId }: LimitedRequest,
  verdict: LimitVerdict,
): EndpointResponse {
  const said = verdict.basis === 'nothing' ? 'limits_unavailable' : reason
  const [policy] = verdict.violated
  const detail: RefusalDetail = {
    ...(policy !== undefined && { policy: policy.name }),
    retryAfterSeconds: Math.ceil(verdict.retryAfterMs / 1_000),
  }
  const refused = refuse(world, endpoint, said, clientId, detail)
  const fields = rateLimitHeaders(verdict, world.random)
  return limitRefusal(refused, verdict, accepts(request.header('accept'), PROBLEM_TYPE), fields)
}

const PROBLEM_TYPE = 'application/problem+json'
