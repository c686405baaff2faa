/**
 * The token endpoint (RFC 6749 sections 3.2, 4.4 and 5): parse, authenticate, decide, then sign with the rest of the
 * turn. Reads and writes no database row.
 */
import { parseTokenRequest, type TokenRequest } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import type { Endpoint } from '../http/endpoint.ts'
import { templatesPerClientMax } from '../limits.ts'
import { decideAccess } from '../policy/access-policy.ts'
import type { RefusalReason } from '../refusal.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import { confidential } from '../respond.ts'
import {
  type AccessTokenTemplate,
  createAccessTokenTemplate,
  fitsIntoToken,
  tokenResponseOf,
} from '../tokens/access-token-template.ts'
import { createSigningTurn } from '../tokens/signing-turn.ts'
import { clientEndpoint, type EndpointWorld, refuse } from './endpoint-world.ts'

const GRANT_TYPE = 'client_credentials'

/** Makes the token endpoint. */
export function createTokenEndpoint(world: EndpointWorld): Endpoint {
  const { clock, newIdentifier, observer } = world
  const turn = createSigningTurn(world.engine, world.opaqueSeal, () => clock.wallMs())
  world.counters.signaturesWaiting = () => turn.waiting

  return clientEndpoint(world, 'token', ({ caller: { client }, parameters }, answer) => {
    const parsed = parseTokenRequest(parameters)
    if (!parsed.ok)
      return answer(refuse(world, 'token', parseRefusals[parsed.violation], client.id))
    const decision = decideToken(parsed.value, client, world)
    if (!decision.ok) return answer(refuse(world, 'token', decision.reason, client.id))
    const { template } = decision
    const jti = newIdentifier()
    const isAccepted = turn.sign(template, jti, undefined, (token) => {
      answer(confidential(tokenResponseOf(template, token)))
      observer(issued(template, jti))
    })
    if (!isAccepted) answer(refuse(world, 'token', 'overloaded', client.id))
  })
}

const parseRefusals = {
  grant_type_missing: 'grant_type_missing',
  malformed_scope: 'scope_malformed',
  malformed_resource: 'resource_malformed',
} as const satisfies Record<string, RefusalReason>

type TokenDecision =
  | { readonly ok: true; readonly template: AccessTokenTemplate }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Grant type first, then access. What a client asked for before is answered from its templates. */
function decideToken(
  request: TokenRequest,
  client: RegisteredClient,
  world: EndpointWorld,
): TokenDecision {
  if (request.grantType !== GRANT_TYPE) return { ok: false, reason: 'grant_type_not_supported' }
  // A resource server that only introspects.
  if (client.grants.size === 0) return { ok: false, reason: 'grant_type_not_allowed' }
  const asked = `${request.scope?.text ?? ''}\n${request.resources.join('\n')}`
  const known = client.templates.get(asked)
  if (known !== undefined) return { ok: true, template: known }
  const decision = makeTemplate(request, client, world)
  if (decision.ok) remember(client.templates, asked, decision.template)
  return decision
}

function makeTemplate(
  request: TokenRequest,
  client: RegisteredClient,
  { issuer, dialect, state }: EndpointWorld,
): TokenDecision {
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
  })
  return fitsIntoToken(template) ? { ok: true, template } : { ok: false, reason: 'token_too_large' }
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

function issued(template: AccessTokenTemplate, jti: string) {
  return {
    type: 'token_issued',
    clientId: template.clientId,
    jti,
    scope: template.scope,
    audience: template.audience,
    lifetimeSeconds: template.lifetimeSeconds,
  } as const
}
