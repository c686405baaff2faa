/** A resource server as an operator asks for it, checked: the one place where a registration of one is found wrong. */
import { algorithmEntry } from '@mintmark/jwt'
import { isResourceIndicator, parseScope, type ScopeSet } from '@mintmark/protocol'
import { resourceScopesMax, tokenLifetimeSecondsMax, tokenLifetimeSecondsMin } from '../limits.ts'
import { EVERY_SCOPE } from '../policy/access-policy.ts'
import {
  authorizationDetailsMembers,
  authorizationDetailsTypes,
  senderConstraint,
} from './client-settings-check.ts'
import { type Patch, patched } from './patch.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import {
  plainResourceSettings,
  type Resource,
  type ResourceSettings,
  type TokenFormat,
  tokenFormats,
} from './resource.ts'
import { checkSettings, label, optional, type SettingChecks } from './setting-values.ts'

/** A resource server as an operator describes it. */
export interface ResourceDraft {
  /** The audience: an absolute URI without fragment, up to 2,048 characters. */
  readonly id: string
  /** Space-separated scopes that the resource owns; at least one, and not `*`, which stands for all of them. */
  readonly scope: string
  /** Lifetime of its access tokens, 1 to 604,800 seconds; default: the dialect's. */
  readonly lifetimeSeconds?: number | undefined
  readonly tokenFormat?: TokenFormat | undefined
  /** Default `ES256`. */
  readonly algorithm?: string | undefined
  /** Default: {@link plainResourceSettings}, member by member. */
  readonly settings?: Partial<ResourceSettings> | undefined
}

/** What is to be different about a resource. `undefined` keeps a member, `null` puts back its default. */
export interface ResourcePatch extends Patch<Omit<ResourceDraft, 'id' | 'scope' | 'settings'>> {
  /** Replaces all scopes. */
  readonly scope?: string | undefined
  readonly settings?: Patch<ResourceSettings> | undefined
}

/** Checks form only; whether the id is taken is decided by the storage. */
export function checkResourceDraft(draft: ResourceDraft, createdAt: string): Registered<Resource> {
  if (!isResourceIndicator(draft.id)) return notRegistered('resource_id_malformed', draft.id)
  const scopes = ownedScopes(draft.scope)
  if (!scopes.ok) return scopes
  const { lifetimeSeconds } = draft
  if (lifetimeSeconds !== undefined && !isLifetime(lifetimeSeconds)) {
    return notRegistered('lifetime_out_of_range', String(lifetimeSeconds))
  }
  const algorithm = algorithmEntry(draft.algorithm ?? 'ES256')?.name
  if (algorithm === undefined) return notRegistered('algorithm_unknown', draft.algorithm ?? '')
  const tokenFormat = tokenFormats.find((one) => one === (draft.tokenFormat ?? 'jwt'))
  if (tokenFormat === undefined) {
    return notRegistered('token_format_unknown', String(draft.tokenFormat))
  }
  const settings = checkSettings(draft.settings ?? {}, plainResourceSettings, settingChecks)
  if (!settings.ok) return settings
  return registered({
    ...{ id: draft.id, scopes: scopes.value, lifetimeSeconds, tokenFormat, algorithm },
    ...{ settings: settings.value, createdAt },
  })
}

/** Checks what `patch` makes of `resource`. */
export function checkResourcePatch(resource: Resource, patch: ResourcePatch): Registered<Resource> {
  const { scope = resource.scopes.text, settings = {}, ...members } = patch
  const { id, lifetimeSeconds, tokenFormat, algorithm, createdAt } = resource
  const kept: PlainMembers = { lifetimeSeconds, tokenFormat, algorithm }
  const draft = {
    ...{ id, scope, ...patched(kept, members, plainMembers) },
    settings: patched(resource.settings, settings, plainResourceSettings),
  }
  return checkResourceDraft(draft, createdAt)
}

type PlainMembers = Required<Omit<ResourceDraft, 'id' | 'scope' | 'settings'>>

const plainMembers: PlainMembers = {
  lifetimeSeconds: undefined,
  tokenFormat: 'jwt',
  algorithm: 'ES256',
}

const settingChecks: SettingChecks<ResourceSettings> = {
  label: optional(label),
  senderConstraint,
  authorizationDetailsTypes,
  authorizationDetailsMembers,
}

function ownedScopes(text: string): Registered<ScopeSet> {
  const scopes = requiredScope(text)
  if (!scopes.ok) return scopes
  if (scopes.value.has(EVERY_SCOPE)) return notRegistered('scope_malformed', EVERY_SCOPE)
  return scopes.value.size > resourceScopesMax ? notRegistered('scopes_too_many', '') : scopes
}

/** A scope of at least one token. */
export function requiredScope(text: string): Registered<ScopeSet> {
  if (text.trim() === '') return notRegistered('scope_missing', '')
  const scopes = parseScope(text)
  return scopes.ok ? scopes : notRegistered('scope_malformed', text)
}

function isLifetime(seconds: number): boolean {
  return (
    Number.isInteger(seconds) &&
    seconds >= tokenLifetimeSecondsMin &&
    seconds <= tokenLifetimeSecondsMax
  )
}
