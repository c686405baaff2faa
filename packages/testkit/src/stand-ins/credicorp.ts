/**
 * The Credicorp partner ring. Source: requirement S1: `POST /partner/v1/oauth/token` with the credentials in a form
 * body, scopes, JWTs, metadata at `/.well-known/oauth-authorization-server`, a rate limit on the token endpoint itself.
 */
import { type Clock, systemClock } from '@mintmark/runtime'
import { jsonResponse } from '../json-response.ts'
import { isWithin, refused } from './oauth-refusal.ts'
import type { ReceivedTokenRequest } from './received-token-request.ts'
import { createStandIn, type KnownClient, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 900
const WINDOW_MS = 60_000

/** Options of {@link credicorpStandIn}. */
export interface CredicorpStandInOptions extends StandInOptions {
  /** What the client may have. Default `applications:write decisions:read`. */
  readonly scope?: string
  /** Token requests in a minute; the next ones get 429. Default 60. */
  readonly requestsPerMinute?: number
}

/** The authorization server of the ring. */
export function credicorpStandIn(options: CredicorpStandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS, clock = systemClock } = options
  const { scope: allowed = 'applications:write decisions:read' } = options
  const issuer = 'https://partners.credicorp.example'
  const tokenEndpoint = `${issuer}/partner/v1/oauth/token`
  const overLimit = rateLimit(clock, options.requestsPerMinute ?? 60)
  return createStandIn(options, {
    issuer,
    tokenEndpoint,
    jwksUri: `${issuer}/partner/v1/oauth/jwks`,
    documents: {
      [`${issuer}/.well-known/oauth-authorization-server`]: {
        issuer,
        token_endpoint: tokenEndpoint,
        jwks_uri: `${issuer}/partner/v1/oauth/jwks`,
        introspection_endpoint: `${issuer}/partner/v1/oauth/introspect`,
        token_endpoint_auth_methods_supported: ['client_secret_post'],
        response_types_supported: [],
      },
    },
    answer: async (request, tokens, client) => {
      const refusal = overLimit() ?? refusalOf(request, client, allowed)
      if (refusal !== undefined) return refusal
      const { scope = allowed } = request.parameters
      const claims = {
        iss: issuer,
        sub: client.clientId,
        aud: 'https://api.credicorp.example',
        scope,
      }
      const token = await tokens.issue(claims, lifetimeSeconds)
      return jsonResponse({
        ...{ access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope },
      })
    },
  })
}

function refusalOf(
  { mediaType, parameters, basic }: ReceivedTokenRequest,
  { clientId, clientSecret }: KnownClient,
  allowed: string,
): Response | undefined {
  const { grant_type, client_id, client_secret, scope = allowed } = parameters
  if (mediaType !== 'application/x-www-form-urlencoded') return refused(400, 'invalid_request')
  const isKnown = client_id === clientId && client_secret === clientSecret
  if (basic !== undefined || !isKnown) return refused(401, 'invalid_client')
  if (grant_type !== 'client_credentials') return refused(400, 'unsupported_grant_type')
  return isWithin(scope, allowed) ? undefined : refused(400, 'invalid_scope')
}

/** Counts by the minute, and answers what comes over that. */
function rateLimit(clock: Clock, max: number): () => Response | undefined {
  let windowEndsAtMonotonicMs = 0
  let count = 0
  return () => {
    const leftMs = windowEndsAtMonotonicMs - clock.monotonicMs()
    if (leftMs <= 0) {
      windowEndsAtMonotonicMs = clock.monotonicMs() + WINDOW_MS
      count = 0
    }
    count += 1
    if (count <= max) return undefined
    const headers = { 'retry-after': String(Math.ceil(leftMs / 1000)) }
    return jsonResponse({ error: 'too_many_requests' }, { status: 429, headers })
  }
}
