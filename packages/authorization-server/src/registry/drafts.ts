/** What an operator asks to register, checked: the one place where a registration is found wrong. */
import { algorithmEntry, type SignatureAlgorithm } from '@mintmark/jwt'
import {
  type ClientSecret,
  emptyScope,
  isResourceIndicator,
  parseScope,
  type ScopeSet,
  scopeOf,
} from '@mintmark/protocol'
import {
  clientIdLengthMax,
  clientSecretLengthMax,
  clientSecretLengthMin,
  tokenLifetimeSecondsMax,
  tokenLifetimeSecondsMin,
} from '../limits.ts'
import { EVERY_SCOPE } from '../policy/access-policy.ts'
import { type AuthenticationMethod, authenticationMethods, type Grant } from './client.ts'
import { type ClientSettings, plainClientSettings } from './client-settings.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import {
  plainResourceSettings,
  type Resource,
  type ResourceSettings,
  type TokenFormat,
} from './resource.ts'

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

/** A client as an operator describes it. */
export interface ClientDraft {
  /** 1 to 255 characters of printable ASCII without space, quote and backslash. */
  readonly id: string
  /** Space-separated ceiling: what the client may be granted, and gets when it names nothing. */
  readonly scope: string
  /** The resources that the scopes are meant for. Default: the one that owns each scope. */
  readonly resources?: readonly string[] | undefined
  /** Default: the secret in a Basic header or in the body, as the client likes. */
  readonly authenticationMethods?: readonly string[] | undefined
  /** An existing secret of 8 to 512 printable characters. Default: one of 256 bits is made. */
  readonly clientSecret?: ClientSecret | undefined
  /** Resources whose tokens this client may introspect because it is their resource server. */
  readonly servesResources?: readonly string[] | undefined
  /** Default: {@link plainClientSettings}, member by member. */
  readonly settings?: Partial<ClientSettings> | undefined
}

/** Checks form only; whether the id is taken is decided by the storage. */
export function checkResourceDraft(draft: ResourceDraft, createdAt: string): Registered<Resource> {
  if (!isResourceIndicator(draft.id)) return notRegistered('resource_id_malformed', draft.id)
  const scopes = requiredScope(draft.scope)
  if (!scopes.ok) return scopes
  if (scopes.value.has(EVERY_SCOPE)) return notRegistered('scope_malformed', EVERY_SCOPE)
  const { lifetimeSeconds } = draft
  if (lifetimeSeconds !== undefined && !isLifetime(lifetimeSeconds)) {
    return notRegistered('lifetime_out_of_range', String(lifetimeSeconds))
  }
  const algorithm = algorithmEntry(draft.algorithm ?? 'ES256')?.name satisfies
    | SignatureAlgorithm
    | undefined
  if (algorithm === undefined) return notRegistered('algorithm_unknown', draft.algorithm ?? '')
  return registered({
    id: draft.id,
    scopes: scopes.value,
    lifetimeSeconds,
    tokenFormat: draft.tokenFormat ?? 'jwt',
    algorithm,
    settings: { ...plainResourceSettings, ...draft.settings },
    createdAt,
  })
}

/** The parts of a client that depend on what else is registered. */
export interface CheckedClient {
  readonly grants: readonly Grant[]
  readonly authenticationMethods: readonly AuthenticationMethod[]
  readonly servesResources: readonly string[]
  readonly settings: ClientSettings
}

/** Checks a client against the resources that exist, and gives each scope to the resource that owns it. */
export function checkClientDraft(
  draft: ClientDraft,
  resources: readonly Resource[],
): Registered<CheckedClient> {
  if (!isClientId(draft.id)) return notRegistered('client_id_malformed', draft.id)
  const servesResources = draft.servesResources ?? []
  for (const id of [...(draft.resources ?? []), ...servesResources]) {
    if (!resources.some((resource) => resource.id === id))
      return notRegistered('resource_unknown', id)
  }
  const methods = checkMethods(draft.authenticationMethods ?? secretMethods)
  if (!methods.ok) return methods
  const secret = checkSecret(draft.clientSecret)
  if (!secret.ok) return secret
  // A resource server that only introspects asks for no tokens and needs no scope.
  const scopeIsOptional = draft.scope === '' && servesResources.length > 0
  const scopes = scopeIsOptional ? registered(emptyScope) : requiredScope(draft.scope)
  if (!scopes.ok) return scopes
  const grants = distribute(scopes.value, draft.resources, resources)
  if (!grants.ok) return grants
  return registered({
    grants: grants.value,
    authenticationMethods: methods.value,
    servesResources,
    settings: { ...plainClientSettings, ...draft.settings },
  })
}

/** A client about whose methods nothing was said proves itself with its secret, where it likes. */
const secretMethods: readonly AuthenticationMethod[] = ['client_secret_basic', 'client_secret_post']

/** Splits a ceiling over the resources that own its scopes. Named resources narrow the search. */
function distribute(
  scopes: ScopeSet,
  named: readonly string[] | undefined,
  resources: readonly Resource[],
): Registered<readonly Grant[]> {
  const isNamed = named !== undefined && named.length > 0
  const candidates = isNamed ? resources.filter(({ id }) => named.includes(id)) : resources
  const grants = new Map<string, string[]>(isNamed ? named.map((id) => [id, []]) : [])
  for (const token of scopes.tokens) {
    const owners = candidates.filter((resource) => resource.scopes.has(token))
    if (owners.length === 0) return notRegistered('scope_unknown', token)
    if (owners.length > 1 && !isNamed) return notRegistered('scope_ambiguous', token)
    for (const { id } of owners) grants.set(id, [...(grants.get(id) ?? []), token])
  }
  return registered(
    [...grants].map(([resource, tokens]) => ({
      resource,
      scopes: scopeOf(tokens),
      defaultScopes: undefined,
    })),
  )
}

function requiredScope(text: string): Registered<ScopeSet> {
  if (text.trim() === '') return notRegistered('scope_missing', '')
  const scopes = parseScope(text)
  return scopes.ok ? scopes : notRegistered('scope_malformed', text)
}

function checkMethods(names: readonly string[]): Registered<readonly AuthenticationMethod[]> {
  const methods: AuthenticationMethod[] = []
  for (const name of names) {
    const method = authenticationMethods.find((known) => known === name)
    if (method === undefined) return notRegistered('authentication_method_unknown', name)
    methods.push(method)
  }
  return registered(methods)
}

function checkSecret(secret: ClientSecret | undefined): Registered<undefined> {
  if (secret === undefined) return registered(undefined)
  const text = secret.reveal()
  if (text.length < clientSecretLengthMin || text.length > clientSecretLengthMax) {
    return notRegistered('secret_length', '')
  }
  return /^[\x20-\x7e]+$/.test(text) ? registered(undefined) : notRegistered('secret_alphabet', '')
}

function isClientId(text: string): boolean {
  return text.length <= clientIdLengthMax && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)
}

function isLifetime(seconds: number): boolean {
  return (
    Number.isInteger(seconds) &&
    seconds >= tokenLifetimeSecondsMin &&
    seconds <= tokenLifetimeSecondsMax
  )
}
