/** A client as an operator asks for it, checked: the one place where a registration of one is found wrong. */
import type { ClientSecret } from '@mintmark/protocol'
import { clientIdLengthMax, clientResourcesMax } from '../limits.ts'
import type { ClientRecord } from '../storage/records.ts'
import type { ClientWithoutSecrets } from '../storage/stored-change.ts'
import { type AuthenticationMethod, authenticationMethods, type Grant } from './client.ts'
import { type ClientSettings, plainClientSettings } from './client-settings.ts'
import { checkClientSettings, checkSettingsFit } from './client-settings-check.ts'
import { checkCeiling, checkGrants, type GrantDraft } from './grant-draft.ts'
import { type Patch, patched } from './patch.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import type { Resource } from './resource.ts'

/** A client as an operator describes it. */
export interface ClientDraft {
  /** 1 to 255 characters of printable ASCII without space, quote and backslash. */
  readonly id: string
  /** Space-separated ceiling: what the client may be granted, and gets when it names nothing. */
  readonly scope?: string | undefined
  /** The resources that the scopes are meant for. Default: the one that owns each scope. */
  readonly resources?: readonly string[] | undefined
  /** What it gets when it names no scope; default: the whole ceiling. */
  readonly defaultScope?: string | undefined
  /** The same resource by resource, instead of `scope`, `resources` and `defaultScope`. */
  readonly grants?: readonly GrantDraft[] | undefined
  /** Default: the secret in a Basic header or in the body, as the client likes. */
  readonly authenticationMethods?: readonly string[] | undefined
  /** An existing secret of 8 to 512 printable characters. Default: one of 256 bits is made. */
  readonly clientSecret?: ClientSecret | undefined
  /** Resources whose tokens this client may introspect because it is their resource server. */
  readonly servesResources?: readonly string[] | undefined
  /** Default `false`. */
  readonly disabled?: boolean | undefined
  /** Default: {@link plainClientSettings}, member by member. */
  readonly settings?: Partial<ClientSettings> | undefined
}

/**
 * What is to be different about a client. `undefined` keeps a member, `null` puts back its default. A new `scope`
 * without `resources` stays with the resources that the client has a grant at, where they own it.
 */
export interface ClientPatch {
  readonly scope?: string | undefined
  readonly resources?: readonly string[] | undefined
  readonly defaultScope?: string | null | undefined
  readonly grants?: readonly GrantDraft[] | undefined
  readonly authenticationMethods?: readonly string[] | null | undefined
  readonly servesResources?: readonly string[] | null | undefined
  readonly settings?: Patch<ClientSettings> | undefined
}

/** The parts of a client that depend on what else is registered. */
export type CheckedClient = Pick<
  ClientRecord,
  'grants' | 'authenticationMethods' | 'servesResources'
> & { readonly settings: ClientSettings }

/** Checks a client against the resources that exist, and gives each scope to the resource that owns it. */
export function checkClientDraft(
  draft: ClientDraft,
  resources: readonly Resource[],
): Registered<CheckedClient> {
  if (!isClientId(draft.id)) return notRegistered('client_id_malformed', draft.id)
  const methods = checkMethods(draft.authenticationMethods ?? secretMethods)
  const serves = checkServed(draft.servesResources ?? [], resources)
  const settings = checkClientSettings(draft.settings ?? {})
  if (!methods.ok) return methods
  if (!serves.ok) return serves
  if (!settings.ok) return settings
  const grants = draftedGrants(draft, serves.value.length > 0, resources)
  if (!grants.ok) return grants
  return checkFit({
    ...{ grants: grants.value, authenticationMethods: methods.value },
    ...{ servesResources: serves.value, settings: settings.value },
  })
}

/** Checks what `patch` makes of `client`. */
export function checkClientPatch(
  client: ClientRecord & { readonly settings: ClientSettings },
  patch: ClientPatch,
  resources: readonly Resource[],
): Registered<ClientWithoutSecrets> {
  const { secrets: _, ...kept } = client
  const { authenticationMethods: names, servesResources: served, settings: changed = {} } = patch
  const methods = checkMethods(
    names === undefined ? client.authenticationMethods : (names ?? secretMethods),
  )
  const serves = checkServed(
    served === undefined ? client.servesResources : (served ?? []),
    resources,
  )
  const settings = checkClientSettings(patched(client.settings, changed, plainClientSettings))
  if (!methods.ok) return methods
  if (!serves.ok) return serves
  if (!settings.ok) return settings
  const grants = patchedGrants(client, patch, serves.value.length > 0, resources)
  if (!grants.ok) return grants
  const checked = checkFit({
    ...{ grants: grants.value, authenticationMethods: methods.value },
    ...{ servesResources: serves.value, settings: settings.value },
  })
  return checked.ok ? registered({ ...kept, ...checked.value }) : checked
}

/** A client about whose methods nothing was said proves itself with its secret, where it likes. */
const secretMethods: readonly AuthenticationMethod[] = ['client_secret_basic', 'client_secret_post']

function checkFit(client: CheckedClient): Registered<CheckedClient> {
  const fitting = checkSettingsFit(client.settings, client)
  return fitting.ok ? registered(client) : fitting
}

function checkServed(
  ids: readonly string[],
  resources: readonly Resource[],
): Registered<readonly string[]> {
  if (ids.length > clientResourcesMax) return notRegistered('resources_too_many', '')
  const unknown = ids.find((id) => !resources.some((resource) => resource.id === id))
  return unknown === undefined
    ? registered([...new Set(ids)])
    : notRegistered('resource_unknown', unknown)
}

function draftedGrants(
  { scope = '', resources: named, defaultScope, grants }: ClientDraft,
  isOptional: boolean,
  resources: readonly Resource[],
): Registered<readonly Grant[]> {
  if (grants === undefined) {
    return checkCeiling({ scope, resources: named, defaultScope, isOptional }, resources)
  }
  const saysTwice = scope !== '' || named !== undefined || defaultScope !== undefined
  return saysTwice ? notRegistered('scope_and_grants', '') : checkGrants(grants, resources)
}

/** Grants as they are, unless the patch says something about them. */
function patchedGrants(
  client: ClientRecord,
  patch: ClientPatch,
  isOptional: boolean,
  resources: readonly Resource[],
): Registered<readonly Grant[]> {
  const { scope, resources: named, defaultScope, grants } = patch
  const saysCeiling = scope !== undefined || named !== undefined || defaultScope !== undefined
  if (grants !== undefined) {
    return saysCeiling ? notRegistered('scope_and_grants', '') : checkGrants(grants, resources)
  }
  if (!saysCeiling) return registered(client.grants)
  const granted = client.grants.map((grant) => grant.resource)
  return checkCeiling(
    {
      scope: scope ?? [...new Set(client.grants.flatMap((one) => one.scopes.tokens))].join(' '),
      resources: named ?? (scope === undefined ? granted : undefined),
      defaultScope:
        defaultScope === undefined ? defaultTextOf(client) : (defaultScope ?? undefined),
      isOptional,
    },
    resources,
    granted,
  )
}

function defaultTextOf({ grants }: ClientRecord): string | undefined {
  if (grants.every((grant) => grant.defaultScopes === undefined)) return undefined
  const tokens = grants.flatMap((grant) => (grant.defaultScopes ?? grant.scopes).tokens)
  return [...new Set(tokens)].join(' ')
}

function checkMethods(names: readonly string[]): Registered<readonly AuthenticationMethod[]> {
  if (names.length === 0) return notRegistered('authentication_method_missing', '')
  const methods = new Set<AuthenticationMethod>()
  for (const name of names) {
    const method = authenticationMethods.find((known) => known === name)
    if (method === undefined) return notRegistered('authentication_method_unknown', name)
    methods.add(method)
  }
  return registered([...methods])
}

function isClientId(text: string): boolean {
  return text.length <= clientIdLengthMax && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)
}
