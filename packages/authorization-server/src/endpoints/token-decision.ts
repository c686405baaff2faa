/**
 * What a token request leads to: a template for the token, or a refusal. What a client asked for before is answered
 * from its templates.
 */
import {
  type AuthorizationDetail,
  parseAuthorizationDetails,
  type TokenRequest,
} from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import { templatesPerClientMax } from '../limits.ts'
import { type AccessGrant, decideAccess } from '../policy/access-policy.ts'
import type { RefusalReason } from '../refusal.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import {
  type AccessTokenTemplate,
  createAccessTokenTemplate,
  fitsIntoToken,
} from '../tokens/access-token-template.ts'
import type { EndpointWorld } from './endpoint-world.ts'

const GRANT_TYPE = 'client_credentials'

/** A template, or why there is none. */
export type TokenDecision =
  | { readonly ok: true; readonly template: AccessTokenTemplate }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Decides: grant type first, then access. */
export function decideToken(
  request: TokenRequest,
  client: RegisteredClient,
  world: EndpointWorld,
): TokenDecision {
  if (request.grantType !== GRANT_TYPE) return refused('grant_type_not_supported')
  // A resource server that only introspects.
  if (client.grants.size === 0) return refused('grant_type_not_allowed')
  const resources = namedResources(request)
  if (resources === undefined) return refused('audience_contradicts_resource')
  const { scope, authorizationDetails } = request
  if (authorizationDetails !== undefined) {
    return decideDetailed({ scope, resources }, authorizationDetails, client, world)
  }
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
  { issuer, dialect, state }: EndpointWorld,
): TokenDecision {
  const request = { ...asked, authorizationDetails }
  const access = decideAccess(client, request, state.registry, dialect.lifetimeSeconds)
  if (!access.ok) return access
  const { scope, audience, lifetimeSeconds, algorithm, tokenFormat } = access.grant
  const key = tokenFormat === 'opaque' ? undefined : state.keys.signingKey(algorithm)
  invariant(
    tokenFormat === 'opaque' || key !== undefined,
    'a resource is stored only after a key of its algorithm',
  )
  const template = createAccessTokenTemplate({
    issuer,
    clientId: client.id,
    scope: scope.text,
    audience,
    lifetimeSeconds,
    key,
    tellsScope: dialect.tellsScope,
    authorizationDetails,
    needs: needsOf(access.grant),
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
