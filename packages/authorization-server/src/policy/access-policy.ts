/**
 * What a client is granted: which scope, for which audience, for how long (RFC 6749 section 3.3, RFC 8707 section 2,
 * RFC 9068 sections 2.2 and 3).
 *
 * Invariants
 *  (1) A grant never exceeds the ceiling that the registry holds for the client at that resource.
 *  (2) A request that asks for more is refused whole; nothing is narrowed silently.
 *  (3) A policy in shadow mode changes nothing: a lower lifetime or a narrower ceiling that is tried out leaves the
 *      grant as it would be without, and what it would have changed stands in `shadowed`.
 *  (4) There is always an audience, and within it a scope token means one resource only: two resources that own the
 *      same token never share an access token.
 */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import {
  type AuthorizationDetail,
  covers,
  emptyScope,
  intersection,
  type ScopeSet,
  union,
} from '@mintmark/protocol'
import type { RefusalReason } from '../refusal.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import type { Resource, TokenFormat } from '../registry/resource.ts'
import type { RequiredBinding } from '../sender-binding/bind-token.ts'
import { isShadowed, lifetimeOf, requiredBinding, scopeLimitOf } from './client-limits.ts'
import { grantsDetails } from './details-policy.ts'
import type { ShadowedOutcome } from './shadowed-outcome.ts'

/** The scope token that stands for everything the client is allowed. */
export const EVERY_SCOPE = '*'

/** What a client asks for. */
export interface AccessRequest {
  readonly scope: ScopeSet | undefined
  readonly resources: readonly string[]
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
}

/** What a client is granted. */
export interface AccessGrant {
  readonly scope: ScopeSet
  readonly audience: readonly string[]
  readonly lifetimeSeconds: number
  readonly algorithm: SignatureAlgorithm
  readonly tokenFormat: TokenFormat
  /** What the audience is, as registered. */
  readonly resources: readonly Resource[]
  readonly requiredBinding: RequiredBinding
  readonly shadowed: readonly ShadowedOutcome[]
}

/** A grant, or why there is none. */
export type AccessDecision =
  | { readonly ok: true; readonly grant: AccessGrant }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Decides what `client` gets for `request`. */
export function decideAccess(
  client: RegisteredClient,
  request: AccessRequest,
  registry: RegistrySnapshot,
  lifetimeSecondsDefault: number,
): AccessDecision {
  const named = namedResources(request, client)
  if (named.some((id) => !client.grants.has(id))) return refused('resource_not_granted')
  const granted = named.length === 0 ? client.ceiling : ceilingAt(client, named)
  const limit = scopeLimitOf(client)
  const ceiling = isShadowed(client, 'scope_ceiling') ? granted : intersection(granted, limit)
  const scope = grantedScope(request.scope, ceiling, client, named)
  if (!covers(ceiling, scope)) return refused('scope_exceeds_ceiling')
  if (scope.size === 0) return refused('nothing_granted')
  const audience = audienceOf(client, named, scope)
  const resources = audience.map((id) => registry.resource(id)).filter((one) => one !== undefined)
  const [first] = resources
  if (first === undefined) return refused('resource_not_granted')
  if (resources.length > 1 && !canShareToken(resources, scope)) return refused('resource_ambiguous')
  const details = request.authorizationDetails
  if (details !== undefined && !grantsDetails(details, client, resources)) {
    return refused('authorization_details_not_granted')
  }
  const lifetime = lifetimeOf(client, resources, lifetimeSecondsDefault)
  return {
    ok: true,
    grant: {
      scope,
      audience,
      lifetimeSeconds: lifetime.seconds,
      algorithm: first.algorithm,
      tokenFormat: first.tokenFormat,
      resources,
      requiredBinding: requiredBinding(client, resources),
      shadowed: [...shadowedScope(request, scope, limit), ...lifetime.shadowed],
    },
  }
}

function refused(reason: RefusalReason): AccessDecision {
  return { ok: false, reason }
}

/** A client that cannot send `resource` may have one that is meant when it says nothing at all. */
function namedResources({ resources, scope }: AccessRequest, client: RegisteredClient) {
  const { defaultResource } = client.settings
  const saysNothing = resources.length === 0 && scope === undefined
  return saysNothing && defaultResource !== undefined ? [defaultResource] : resources
}

function ceilingAt(client: RegisteredClient, resources: readonly string[]): ScopeSet {
  return resources.reduce(
    (all, id) => union(all, client.grants.get(id)?.scopes ?? emptyScope),
    emptyScope,
  )
}

/** `*` means the whole ceiling, and beside other tokens adds nothing to it. No scope means the defaults. */
function grantedScope(
  requested: ScopeSet | undefined,
  ceiling: ScopeSet,
  client: RegisteredClient,
  named: readonly string[],
): ScopeSet {
  if (requested === undefined) return intersection(defaultScope(client, named), ceiling)
  return requested.has(EVERY_SCOPE) ? ceiling : requested
}

/** What a client gets when it names no scope: its defaults where it has any, otherwise the ceiling. */
function defaultScope({ grants }: RegisteredClient, named: readonly string[]): ScopeSet {
  const chosen = [...grants.values()].filter(
    (grant) => named.length === 0 || named.includes(grant.resource),
  )
  return chosen.reduce((all, grant) => union(all, grant.defaultScopes ?? grant.scopes), emptyScope)
}

/** The resources that the token is for: those named, otherwise those where the client may use one of its scopes. */
function audienceOf(
  client: RegisteredClient,
  named: readonly string[],
  scope: ScopeSet,
): readonly string[] {
  if (named.length > 0) return [...new Set(named)]
  return [...client.grants]
    .filter(([, grant]) => intersection(grant.scopes, scope).size > 0)
    .map(([resource]) => resource)
}

/** Whether one token can serve all of `resources`: no scope of it is owned twice, and all want one form of token. */
function canShareToken(resources: readonly Resource[], scope: ScopeSet): boolean {
  const isOwnedOnce = scope.tokens.every(
    (token) => resources.filter((resource) => resource.scopes.has(token)).length === 1,
  )
  const forms = resources.map(({ algorithm, tokenFormat }) => `${tokenFormat} ${algorithm}`)
  return isOwnedOnce && new Set(forms).size === 1
}

/** What the limit would have changed, were it enforced. Where it is, the grant is within it. */
function shadowedScope(
  request: AccessRequest,
  granted: ScopeSet,
  limit: ScopeSet,
): readonly ShadowedOutcome[] {
  if (covers(limit, granted)) return []
  const isExplicit = request.scope !== undefined && !request.scope.has(EVERY_SCOPE)
  const reason = isExplicit ? 'scope_exceeds_ceiling' : 'scope_narrowed'
  return [{ policy: 'scope_ceiling', reason }]
}
