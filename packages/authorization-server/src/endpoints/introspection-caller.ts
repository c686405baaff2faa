/**
 * Who asks the introspection endpoint (RFC 7662 section 2.1), and about which tokens it may learn.
 *
 * Invariants
 *  (1) A caller learns about its own tokens, and about tokens for a resource that it serves. Where nobody was named as
 *      a resource's server, any client with a grant there may ask: holding the token, it could read a JWT anyway.
 *  (2) Of a token for several resources a caller sees what concerns those that it may ask about.
 *  (3) A caller with an access token may ask about the resources that the token is for and that own the scope
 *      `introspect`, which the token must have. A bound token is not taken: this endpoint sees no proof of its key.
 */
import {
  type AccessTokenClaims,
  type ActiveClaims,
  parseScope,
  redact,
  scopeOf,
} from '@mintmark/protocol'
import { type HeaderValue, severalHeaders } from '../http/endpoint.ts'
import { detailsAt } from '../policy/details-policy.ts'
import type { RefusalReason } from '../refusal.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import { tokenTypeOf } from '../tokens/access-token-template.ts'
import { claimsOfActiveToken, type OwnTokenWorld } from '../tokens/own-token.ts'

/** The scope that lets an access token ask about other tokens of its audience. */
export const INTROSPECT_SCOPE = 'introspect'

/** Somebody who may ask. */
export interface IntrospectionCaller {
  readonly clientId: string
  /** Whether it is a client that may see its own tokens whole. */
  readonly isOwner: boolean
  mayAskAbout(resource: string): boolean
}

/** A client that has authenticated. */
export function callingClient(
  client: RegisteredClient,
  registry: RegistrySnapshot,
): IntrospectionCaller {
  return {
    clientId: client.id,
    isOwner: true,
    mayAskAbout: (resource) =>
      client.servesResources.has(resource) ||
      (client.grants.has(resource) && !registry.isServed(resource)),
  }
}

/** The access token in an `Authorization: Bearer` header (RFC 6750 section 2.1); `undefined` when there is none. */
export function bearerTokenIn(authorization: HeaderValue): string | undefined {
  if (authorization === undefined || authorization === severalHeaders) return undefined
  return BEARER.exec(authorization)?.[1]
}

const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** Who asks with an access token of ours, or why it is not enough. */
export function callerWithToken(
  token: string,
  world: OwnTokenWorld,
  nowWallMs: number,
): IntrospectionCaller | Extract<RefusalReason, 'bearer_token_invalid' | 'bearer_scope_missing'> {
  const claims = claimsOfActiveToken(redact('access token', token), world, nowWallMs)
  if (claims === undefined || claims.cnf !== undefined) return 'bearer_token_invalid'
  const { registry } = world.state
  const mayAsk = new Set(
    audiencesOf(claims).filter((id) => registry.resource(id)?.scopes.has(INTROSPECT_SCOPE)),
  )
  if (mayAsk.size === 0 || !scopeTokens(claims).includes(INTROSPECT_SCOPE)) {
    return 'bearer_scope_missing'
  }
  return {
    clientId: claims.client_id,
    isOwner: false,
    mayAskAbout: (resource) => mayAsk.has(resource),
  }
}

/** What `caller` may see of an active token; `undefined`: nothing. */
export function visibleClaims(
  claims: AccessTokenClaims,
  caller: IntrospectionCaller,
  registry: RegistrySnapshot,
): ActiveClaims | undefined {
  const whole: ActiveClaims = { ...claims, token_type: tokenTypeOf(claims.cnf) }
  if (caller.isOwner && claims.client_id === caller.clientId) return whole
  const audiences = audiencesOf(claims)
  const concerned = audiences.filter((id) => caller.mayAskAbout(id))
  if (concerned.length === 0) return undefined
  if (concerned.length === audiences.length) return whole
  const { authorization_details: _, ...others } = whole
  return { ...others, ...partAt(claims, concerned, registry) }
}

function partAt(
  claims: AccessTokenClaims,
  concerned: readonly string[],
  registry: RegistrySnapshot,
): Pick<ActiveClaims, 'scope' | 'authorization_details'> {
  const resources = concerned.map((id) => registry.resource(id)).filter((one) => one !== undefined)
  const owned = scopeTokens(claims).filter((token) =>
    resources.some(({ scopes }) => scopes.has(token)),
  )
  const scope = scopeOf(owned).text
  const details = detailsAt(claims.authorization_details ?? [], resources)
  return { scope, ...(details.length > 0 && { authorization_details: details }) }
}

function scopeTokens({ scope }: AccessTokenClaims): readonly string[] {
  const parsed = parseScope(scope ?? '')
  return parsed.ok ? parsed.value.tokens : []
}

function audiencesOf({ aud }: AccessTokenClaims): readonly string[] {
  return typeof aud === 'string' ? [aud] : aud
}
