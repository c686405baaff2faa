/**
 * What a token request leads to: a template for the token, or a refusal. What a client asked for before is answered
 * from its templates.
 */
import {
  type AuthorizationDetail,
  type Parameters,
  parseAuthorizationDetails,
  parseSubjectToken,
  parseTokenRequest,
  type TokenRequest,
  tokenExchangeGrant,
} from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import { templatesPerClientMax } from '../limits.ts'
import { type AccessGrant, decideAccess } from '../policy/access-policy.ts'
import { decideDelegation } from '../policy/delegation-policy.ts'
import type { RefusalReason } from '../refusal.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import {
  type AccessTokenTemplate,
  createAccessTokenTemplate,
  fitsIntoToken,
  type GrantedAccess,
} from '../tokens/access-token-template.ts'
import { claimsOfActiveToken } from '../tokens/own-token.ts'
import type { EndpointWorld } from './endpoint-world.ts'

const GRANT_TYPE = 'client_credentials'

/** A template, or why there is none. */
export type TokenDecision =
  | { readonly ok: true; readonly template: AccessTokenTemplate }
  | { readonly ok: false; readonly reason: RefusalReason }

/** What is asked in; a plain body asks for the same each time (`known-bodies.ts`). */
export interface AskedIn {
  readonly parameters: Parameters
  readonly plainBody: string | undefined
}

/** Decides: the words of the request first, then grant type and access. */
export function decideToken(
  { parameters, plainBody }: AskedIn,
  client: RegisteredClient,
  world: EndpointWorld,
): TokenDecision {
  const known = plainBody === undefined ? undefined : client.templates.get(plainBody)
  if (known !== undefined) return { ok: true, template: known }
  const parsed = parseTokenRequest(parameters)
  if (!parsed.ok) return refused(parseRefusals[parsed.violation])
  const decision = decideRequest(parsed.value, parameters, client, world)
  if (decision.ok && plainBody !== undefined) {
    remember(client.templates, plainBody, decision.template)
  }
  return decision
}

const parseRefusals = {
  grant_type_missing: 'grant_type_missing',
  malformed_scope: 'scope_malformed',
  malformed_resource: 'resource_malformed',
} as const satisfies Record<string, RefusalReason>

function decideRequest(
  request: TokenRequest,
  parameters: Parameters,
  client: RegisteredClient,
  world: EndpointWorld,
): TokenDecision {
  const isExchange = request.grantType === tokenExchangeGrant
  if (request.grantType !== GRANT_TYPE && !isExchange) return refused('grant_type_not_supported')
  // A resource server that only introspects.
  if (client.grants.size === 0) return refused('grant_type_not_allowed')
  const resources = namedResources(request)
  if (resources === undefined) return refused('audience_contradicts_resource')
  const { scope, authorizationDetails } = request
  if (isExchange) return decideExchange({ ...request, resources }, parameters, client, world)
  if (authorizationDetails !== undefined) {
    return decideDetailed({ scope, resources }, authorizationDetails, client, world)
  }
  // With a line break, which no plain body has.
  const asked = `${scope?.text ?? ''}\n${resources.join('\n')}`
  const known = client.templates.get(asked)
  if (known !== undefined) return { ok: true, template: known }
  const decision = makeTemplate({ scope, resources }, undefined, client, world)
  if (decision.ok) remember(client.templates, asked, decision.template)
  return decision
}

type Asked = Pick<TokenRequest, 'scope' | 'resources'>

/** `audience` is what callers of Auth0 and others send: another name for `resource`, never a second meaning. */
function namedResources({ resources, audience }: TokenRequest): readonly string[] | undefined {
  if (audience === undefined || resources.includes(audience)) return resources
  return resources.length === 0 ? [audience] : undefined
}

/** Details differ from request to request, so their templates are not kept. */
function decideDetailed(
  asked: Asked,
  text: string,
  client: RegisteredClient,
  world: EndpointWorld,
): TokenDecision {
  const details = parseAuthorizationDetails(text)
  if (!details.ok) return refused('authorization_details_malformed')
  return makeTemplate(asked, details.value, client, world)
}

function makeTemplate(
  asked: Asked,
  authorizationDetails: readonly AuthorizationDetail[] | undefined,
  client: RegisteredClient,
  world: EndpointWorld,
): TokenDecision {
  const request = { ...asked, authorizationDetails }
  const { state, dialect } = world
  const access = decideAccess(client, request, state.registry, dialect.lifetimeSeconds)
  return access.ok
    ? templateOf(access.grant, { clientId: client.id, authorizationDetails }, world)
    : access
}

/** A token to act for the subject of another one. Each is different, so these templates are not kept either. */
function decideExchange(
  asked: TokenRequest,
  parameters: Parameters,
  client: RegisteredClient,
  world: EndpointWorld,
): TokenDecision {
  const { dialect, state, clock } = world
  const token = parseSubjectToken(parameters)
  if (!token.ok) return refused(token.violation)
  // Details are between a client and an API, and nobody can pass them on.
  if (asked.authorizationDetails !== undefined) return refused('authorization_details_not_granted')
  const nowWallMs = clock.wallMs()
  const claims = claimsOfActiveToken(token.value, world, nowWallMs)
  if (claims === undefined) return refused('subject_token_unusable')
  const { scope, resources } = asked
  const decision = decideDelegation(client, claims, { scope, resources }, state.registry, {
    lifetimeSecondsDefault: dialect.lifetimeSeconds,
    nowSeconds: nowWallMs / 1000,
  })
  if (!decision.ok) return decision
  const { grant, subject, actor } = decision
  return templateOf(grant, { clientId: client.id, subject, actor }, world)
}

function templateOf(
  grant: AccessGrant,
  parties: Pick<GrantedAccess, 'clientId' | 'subject' | 'actor' | 'authorizationDetails'>,
  { issuer, dialect, state }: EndpointWorld,
): TokenDecision {
  const { scope, audience, lifetimeSeconds, algorithm, tokenFormat } = grant
  const key = tokenFormat === 'opaque' ? undefined : state.keys.signingKey(algorithm)
  invariant(
    tokenFormat === 'opaque' || key !== undefined,
    'a resource is stored only after a key of its algorithm',
  )
  const template = createAccessTokenTemplate({
    issuer,
    ...parties,
    scope: scope.text,
    audience,
    lifetimeSeconds,
    key,
    tellsScope: dialect.tellsScope,
    needs: needsOf(grant),
  })
  return fitsIntoToken(template) ? { ok: true, template } : refused('token_too_large')
}

function needsOf({ requiredBinding: binding, shadowed }: AccessGrant) {
  const isPlain = !binding.proof && !binding.certificate && shadowed.length === 0
  return isPlain ? undefined : { binding, shadowed }
}

function refused(reason: RefusalReason): TokenDecision {
  return { ok: false, reason }
}

/** Keeps a template; a client that varies its requests without end starts over instead of growing the map. */
function remember(
  templates: Map<string, AccessTokenTemplate>,
  asked: string,
  template: AccessTokenTemplate,
): void {
  if (templates.size >= templatesPerClientMax) templates.clear()
  templates.set(asked, template)
}
