/**
 * What a client is granted: which scope, for which audience, for how long (RFC 6749 section 3.3, RFC 8707 section 2,
 * RFC 9068 sections 2.2 and 3).
 *
 * Invariants
 *  (1) A grant never exceeds the ceiling that the registry holds for the client at that resource.
 *  (2) A request that asks for more is refused whole; nothing is narrowed silently.
 *  (3) There is always an audience, and within it a scope token means one resource only: two resources that own the
 *      same token never share an access token.
 */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { covers, emptyScope, intersection, type ScopeSet, union } from '@mintmark/protocol'
import type { RefusalReason } from '../refusal.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import type { Resource } from '../registry/resource.ts'

/** The scope token that stands for everything the client is allowed. */
export const EVERY_SCOPE = '*'

/** What a client asks for. */
export interface AccessRequest {
  readonly scope: ScopeSet | undefined
  readonly resources: readonly string[]
}

/** What a client is granted. */
export interface AccessGrant {
  readonly scope: ScopeSet
  readonly audience: readonly string[]
  readonly lifetimeSeconds: number
  readonly algorithm: SignatureAlgorithm
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
  const named = request.resources
  if (named.some((id) => !client.grants.has(id))) return refused('resource_not_granted')
  const ceiling = named.length === 0 ? client.ceiling : ceilingAt(client, named)
  const scope = grantedScope(request.scope, ceiling)
  if (!covers(ceiling, scope)) return refused('scope_exceeds_ceiling')
  if (scope.size === 0) return refused('nothing_granted')
  const audience = audienceOf(client, named, scope)
  const resources = audience.map((id) => registry.resource(id)).filter((one) => one !== undefined)
  const [first] = resources
  if (first === undefined) return refused('resource_not_granted')
  if (resources.length > 1 && !canShareToken(resources, scope)) return refused('resource_ambiguous')
  return {
    ok: true,
    grant: {
      scope,
      audience,
      lifetimeSeconds: Math.min(
        ...resources.map((resource) => resource.lifetimeSeconds ?? lifetimeSecondsDefault),
      ),
      algorithm: first.algorithm,
    },
  }
}

function refused(reason: RefusalReason): AccessDecision {
  return { ok: false, reason }
}

function ceilingAt(client: RegisteredClient, resources: readonly string[]): ScopeSet {
  return resources.reduce((all, id) => union(all, client.grants.get(id) ?? emptyScope), emptyScope)
}

/** No scope and `*` both mean the whole ceiling. `*` beside other tokens adds nothing to it. */
function grantedScope(requested: ScopeSet | undefined, ceiling: ScopeSet): ScopeSet {
  return requested === undefined || requested.has(EVERY_SCOPE) ? ceiling : requested
}

/** The resources that the token is for: those named, otherwise those where the client may use one of its scopes. */
function audienceOf(
  client: RegisteredClient,
  named: readonly string[],
  scope: ScopeSet,
): readonly string[] {
  if (named.length > 0) return [...new Set(named)]
  return [...client.grants]
    .filter(([, ceiling]) => intersection(ceiling, scope).size > 0)
    .map(([resource]) => resource)
}

/** Whether one token can serve all of `resources`: no scope of it is owned twice, and all want one algorithm. */
function canShareToken(resources: readonly Resource[], scope: ScopeSet): boolean {
  const isOwnedOnce = scope.tokens.every(
    (token) => resources.filter((resource) => resource.scopes.has(token)).length === 1,
  )
  return isOwnedOnce && new Set(resources.map((resource) => resource.algorithm)).size === 1
}
