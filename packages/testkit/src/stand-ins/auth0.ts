/**
 * Auth0. Sources: auth0.com/docs, "Get Token: Client Credentials Flow" (parameters and answer), "Authenticate with
 * Private Key JWT" (audience with the slash at the end, 5 minutes, 64 characters); the errors as reported in
 * auth0/node-auth0 issues 292 and 682 and auth0/auth0-python issue 173.
 */
import type { PublicJwk } from '@mintmark/jwt'
import { systemClock } from '@mintmark/runtime'
import { jsonResponse } from '../json-response.ts'
import { assertionJudge } from './assertion-judge.ts'
import { isWithin, refused } from './oauth-refusal.ts'
import { credentialsOf, type ReceivedTokenRequest } from './received-token-request.ts'
import { createStandIn, type KnownClient, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 86_400
const ASSERTION_SECONDS_MAX = 300

/** Options of {@link auth0StandIn}. */
export interface Auth0StandInOptions extends StandInOptions {
  /** The identifier of the one API of the tenant. Default `https://orders.example/`. */
  readonly audience?: string
  /** What the client may have there; `undefined`: no client grant. Default `read:orders`. */
  readonly scope?: string | undefined
  /** When given, the client authenticates with this key and nothing else. */
  readonly key?: PublicJwk
  /** Whether the application may use the grant. Default `true`. */
  readonly allowsGrant?: boolean
}

/** A tenant of Auth0. */
export function auth0StandIn(options: Auth0StandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS, audience = 'https://orders.example/' } = options
  const allowed = 'scope' in options ? options.scope : 'read:orders'
  const issuer = 'https://tenant.eu.auth0.com/'
  const authenticate = authentication(issuer, options)
  return createStandIn(options, {
    issuer,
    tokenEndpoint: `${issuer}oauth/token`,
    jwksUri: `${issuer}.well-known/jwks.json`,
    documents: {
      [`${issuer}.well-known/openid-configuration`]: {
        issuer,
        token_endpoint: `${issuer}oauth/token`,
        jwks_uri: `${issuer}.well-known/jwks.json`,
        response_types_supported: ['code'],
        token_endpoint_auth_methods_supported: [
          ...['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
        ],
      },
    },
    answer: async (request, tokens, client) => {
      const { parameters } = request
      const { scope = allowed } = parameters
      const refusal =
        (await authenticate(request, client)) ??
        refusalOfGrant(request, options.allowsGrant ?? true) ??
        refusalOfApi(parameters, audience, allowed)
      if (refusal !== undefined) return refusal
      const sub = `${client.clientId}@clients`
      const claims = {
        iss: issuer,
        sub,
        aud: audience,
        gty: 'client-credentials',
        scope: scope ?? '',
      }
      const token = await tokens.issue(claims, lifetimeSeconds)
      return jsonResponse({
        ...{ access_token: token, scope, expires_in: lifetimeSeconds, token_type: 'Bearer' },
      })
    },
  })
}

/** Wrong credentials are `access_denied`, with a 401. */
function authentication(issuer: string, { key, clock = systemClock }: Auth0StandInOptions) {
  const judge = assertionJudge(clock)
  return async (
    request: ReceivedTokenRequest,
    { clientId, clientSecret }: KnownClient,
  ): Promise<Response | undefined> => {
    if (key === undefined) {
      const sent = credentialsOf(request)
      const isKnown = sent.clientId === clientId && sent.clientSecret === clientSecret
      return isKnown ? undefined : refused(401, 'access_denied', 'Unauthorized')
    }
    const lifetimeSecondsMax = ASSERTION_SECONDS_MAX
    const rules = { clientId, key, audience: issuer, lifetimeSecondsMax }
    const fault = await judge(request, rules)
    return fault === undefined ? undefined : refused(401, 'invalid_client', `assertion: ${fault}`)
  }
}

function refusalOfGrant(
  { mediaType, parameters }: ReceivedTokenRequest,
  allowsGrant: boolean,
): Response | undefined {
  const isReadable =
    mediaType === 'application/json' || mediaType === 'application/x-www-form-urlencoded'
  if (!isReadable || parameters.grant_type === undefined) {
    return refused(400, 'invalid_request', 'Missing required parameter: grant_type')
  }
  if (allowsGrant && parameters.grant_type === 'client_credentials') return undefined
  const sentence = `Grant type '${parameters.grant_type}' not allowed for the client.`
  return refused(403, 'unauthorized_client', sentence)
}

function refusalOfApi(
  { audience: asked, scope = '' }: Readonly<Record<string, string>>,
  audience: string,
  allowed: string | undefined,
): Response | undefined {
  const denied = (sentence: string): Response => refused(403, 'access_denied', sentence)
  if (asked === undefined) {
    return denied('No audience parameter was provided, and no default audience has been configured')
  }
  if (asked !== audience) return denied(`Service not enabled within domain: ${asked}`)
  if (allowed === undefined) {
    return denied(`Client is not authorized to access "${asked}". You need a "client-grant".`)
  }
  if (isWithin(scope, allowed)) return undefined
  return denied(`Client has not been granted scopes: ${scope}`)
}
