/** What a client may be granted, as an operator says it: a ceiling of scopes, given to the resources that own them. */
import { covers, emptyScope, parseScope, type ScopeSet, scopeOf } from '@mintmark/protocol'
import { clientResourcesMax } from '../limits.ts'
import type { Grant } from './client.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import type { Resource } from './resource.ts'
import { requiredScope } from './resource-draft.ts'

/** What a client may do at one resource. */
export interface GrantDraft {
  readonly resource: string
  /** Space-separated ceiling; empty for a client that may name the resource and nothing else. */
  readonly scope: string
  /** What it gets when it names no scope; default: the whole ceiling. */
  readonly defaultScope?: string | undefined
}

/** Scopes, and the resources that they are meant for. */
export interface CeilingDraft {
  readonly scope: string
  /** Default: those in `preferred` that own the scope, otherwise the one that does. */
  readonly resources: readonly string[] | undefined
  /** What it gets when it names no scope; default: the whole ceiling. */
  readonly defaultScope: string | undefined
  /** Whether there may be no scope at all: a resource server that only introspects asks for no tokens. */
  readonly isOptional: boolean
}

/** Checks grants that say themselves which scope is meant where. */
export function checkGrants(
  drafts: readonly GrantDraft[],
  resources: readonly Resource[],
): Registered<readonly Grant[]> {
  if (drafts.length > clientResourcesMax) return notRegistered('resources_too_many', '')
  const grants: Grant[] = []
  for (const draft of drafts) {
    const resource = resources.find((one) => one.id === draft.resource)
    if (resource === undefined) return notRegistered('resource_unknown', draft.resource)
    if (grants.some((grant) => grant.resource === resource.id)) {
      return notRegistered('grant_repeated', resource.id)
    }
    const grant = checkGrant(draft, resource)
    if (!grant.ok) return grant
    grants.push(grant.value)
  }
  return registered(grants)
}

function checkGrant(draft: GrantDraft, { id, scopes: owned }: Resource): Registered<Grant> {
  const scopes = possiblyEmpty(draft.scope)
  if (!scopes.ok) return scopes
  const unknown = scopes.value.tokens.find((token) => !owned.has(token))
  if (unknown !== undefined) return notRegistered('scope_unknown', unknown)
  const grant = { resource: id, scopes: scopes.value, defaultScopes: undefined }
  if (draft.defaultScope === undefined) return registered(grant)
  const defaultScopes = possiblyEmpty(draft.defaultScope)
  if (!defaultScopes.ok) return defaultScopes
  return covers(scopes.value, defaultScopes.value)
    ? registered({ ...grant, defaultScopes: defaultScopes.value })
    : notRegistered('default_scope_exceeds', draft.defaultScope)
}

/** Splits a ceiling over the resources that own its scopes. Named resources narrow the search. */
export function checkCeiling(
  { scope, resources: named = [], defaultScope, isOptional }: CeilingDraft,
  resources: readonly Resource[],
  preferred: readonly string[] = [],
): Registered<readonly Grant[]> {
  const scopes = isOptional ? possiblyEmpty(scope) : requiredScope(scope)
  if (!scopes.ok) return scopes
  if (named.length > clientResourcesMax) return notRegistered('resources_too_many', '')
  const unknown = named.find((id) => !resources.some((resource) => resource.id === id))
  if (unknown !== undefined) return notRegistered('resource_unknown', unknown)
  const grants = new Map<string, string[]>(named.map((id) => [id, []]))
  for (const token of scopes.value.tokens) {
    const owners = ownersOf(token, resources, named, preferred)
    if (owners.length === 0) return notRegistered('scope_unknown', token)
    if (owners.length > 1 && named.length === 0) return notRegistered('scope_ambiguous', token)
    for (const id of owners) grants.set(id, [...(grants.get(id) ?? []), token])
  }
  if (grants.size > clientResourcesMax) return notRegistered('resources_too_many', '')
  return withDefaults(grants, scopes.value, defaultScope)
}

function ownersOf(
  token: string,
  resources: readonly Resource[],
  named: readonly string[],
  preferred: readonly string[],
): readonly string[] {
  const owners = resources.filter((resource) => resource.scopes.has(token)).map(({ id }) => id)
  if (named.length > 0) return owners.filter((id) => named.includes(id))
  const known = owners.filter((id) => preferred.includes(id))
  return known.length === 1 ? known : owners
}

function withDefaults(
  grants: ReadonlyMap<string, readonly string[]>,
  ceiling: ScopeSet,
  defaultScope: string | undefined,
): Registered<readonly Grant[]> {
  const defaults = defaultScope === undefined ? undefined : possiblyEmpty(defaultScope)
  if (defaults?.ok === false) return defaults
  if (defaults !== undefined && !covers(ceiling, defaults.value)) {
    return notRegistered('default_scope_exceeds', defaultScope ?? '')
  }
  const isDefault = (token: string): boolean => defaults?.value.has(token) ?? false
  return registered(
    [...grants].map(([resource, tokens]) => ({
      resource,
      scopes: scopeOf(tokens),
      defaultScopes: defaults && scopeOf(tokens.filter(isDefault)),
    })),
  )
}

function possiblyEmpty(text: string): Registered<ScopeSet> {
  if (text === '') return registered(emptyScope)
  const scopes = parseScope(text)
  return scopes.ok ? scopes : notRegistered('scope_malformed', text)
}
