/** The limits that a client, or a resource, puts on every token beside the ceiling. */
import { emptyScope, parseScope, type ScopeSet } from '@mintmark/protocol'
import type { ShadowablePolicy } from '../registry/client-settings.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import type { Resource } from '../registry/resource.ts'
import type { RequiredBinding } from '../sender-binding/bind-token.ts'
import type { ShadowedOutcome } from './shadowed-outcome.ts'

/** Whether a policy of the client is watched only. */
export function isShadowed({ settings }: RegisteredClient, policy: ShadowablePolicy): boolean {
  return settings.shadowed.includes(policy)
}

/** The client's own limit. One that cannot be read grants nothing. */
export function scopeLimitOf({ settings, ceiling }: RegisteredClient): ScopeSet {
  if (settings.scopeMax === undefined) return ceiling
  const limit = parseScope(settings.scopeMax)
  return limit.ok ? limit.value : emptyScope
}

/** The shortest that a resource or the client asks for. */
export function lifetimeOf(
  client: RegisteredClient,
  resources: readonly Resource[],
  lifetimeSecondsDefault: number,
): { readonly seconds: number; readonly shadowed: readonly ShadowedOutcome[] } {
  const ofResources = Math.min(
    ...resources.map((resource) => resource.lifetimeSeconds ?? lifetimeSecondsDefault),
  )
  const limit = client.settings.lifetimeSecondsMax
  if (limit === undefined || limit >= ofResources) return { seconds: ofResources, shadowed: [] }
  return isShadowed(client, 'lifetime')
    ? { seconds: ofResources, shadowed: [{ policy: 'lifetime', reason: 'lifetime_shortened' }] }
    : { seconds: limit, shadowed: [] }
}

/** Client and resources may ask for different bindings; the token then has both. */
export function requiredBinding(
  client: RegisteredClient,
  resources: readonly Resource[],
): RequiredBinding {
  const constraints = [client, ...resources].map(({ settings }) => settings.senderConstraint)
  return { proof: constraints.includes('dpop'), certificate: constraints.includes('certificate') }
}
