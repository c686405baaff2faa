/**
 * Amazon Cognito. Sources: docs.aws.amazon.com, "The token issuer endpoint" (Basic or body, form only, 400 for every
 * error, errors without a description), "Scopes, M2M, and resource servers" (`RESOURCE_SERVER/SCOPE`); the discovery
 * document of a user pool, whose token endpoint is on the domain of the pool and not on the issuer's.
 */
import { jsonResponse } from '../json-response.ts'
import { isWithin } from './oauth-refusal.ts'
import { credentialsOf, type ReceivedTokenRequest } from './received-token-request.ts'
import { createStandIn, type KnownClient, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 3600

/** Options of {@link cognitoStandIn}. */
export interface CognitoStandInOptions extends StandInOptions {
  /** What the client may have. Default `orders/read orders/write`. */
  readonly scope?: string
  /** The origin of the token endpoint. Default `https://partner.auth.eu-west-1.amazoncognito.com`. */
  readonly domain?: string
}

/** A user pool and its domain. */
export function cognitoStandIn(options: CognitoStandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS, scope: allowed = 'orders/read orders/write' } =
    options
  const { domain = 'https://partner.auth.eu-west-1.amazoncognito.com' } = options
  const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E'
  const tokenEndpoint = `${domain}/oauth2/token`
  return createStandIn(options, {
    issuer,
    tokenEndpoint,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    documents: {
      [`${issuer}/.well-known/openid-configuration`]: {
        issuer,
        authorization_endpoint: `${domain}/oauth2/authorize`,
        token_endpoint: tokenEndpoint,
        jwks_uri: `${issuer}/.well-known/jwks.json`,
        response_types_supported: ['code', 'token'],
        scopes_supported: ['openid', 'email', 'phone', 'profile'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      },
    },
    answer: async (request, tokens, client) => {
      const refusal = refusalOf(request, client, allowed)
      if (refusal !== undefined) return refusal
      const { scope = allowed } = request.parameters
      const { clientId } = client
      const claims = { iss: issuer, sub: clientId, client_id: clientId, token_use: 'access', scope }
      return jsonResponse(
        {
          access_token: await tokens.issue(claims, lifetimeSeconds),
          expires_in: lifetimeSeconds,
          token_type: 'Bearer',
        },
        { headers: jsonHeaders },
      )
    },
  })
}

const jsonHeaders = { 'content-type': 'application/json;charset=UTF-8' }

function refusalOf(
  request: ReceivedTokenRequest,
  client: KnownClient,
  allowed: string,
): Response | undefined {
  const { clientId, clientSecret } = credentialsOf(request)
  const { grant_type, scope = allowed } = request.parameters
  if (request.mediaType !== 'application/x-www-form-urlencoded') return refused('invalid_request')
  if (clientId !== client.clientId || clientSecret !== client.clientSecret) {
    return refused('invalid_client')
  }
  if (grant_type === undefined) return refused('invalid_request')
  if (grant_type !== 'client_credentials') return refused('unsupported_grant_type')
  return isWithin(scope, allowed) ? undefined : refused('invalid_scope')
}

function refused(error: string): Response {
  return jsonResponse({ error }, { status: 400, headers: jsonHeaders })
}
