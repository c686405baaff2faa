/**
 * Keycloak. Sources: www.keycloak.org, "Securing applications and services with OpenID Connect" (endpoints, Basic,
 * service accounts); the public repository keycloak/keycloak, `ClientIdAndSecretAuthenticator` and
 * `ClientCredentialsGrantType` (401 `unauthorized_client` for a wrong secret and for a client without a service
 * account alike, 401 `invalid_client` for an unknown client; no Refresh token, whose members stay all the same).
 */
import { jsonResponse } from '../json-response.ts'
import { isWithin, refused } from './oauth-refusal.ts'
import { credentialsOf, type ReceivedTokenRequest } from './received-token-request.ts'
import { createStandIn, type KnownClient, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 300
const DEFAULT_SCOPE = 'profile email'

/** Options of {@link keycloakStandIn}. */
export interface KeycloakStandInOptions extends StandInOptions {
  /** Optional scopes of the client, besides `profile email`, which every token has. Default `orders`. */
  readonly scope?: string
  /** Whether the client has a service account. Default `true`. */
  readonly hasServiceAccount?: boolean
}

/** One realm of a Keycloak server. */
export function keycloakStandIn(options: KeycloakStandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS, scope: optional = 'orders' } = options
  const { hasServiceAccount = true } = options
  const issuer = 'https://sso.example/realms/demo'
  const base = `${issuer}/protocol/openid-connect`
  return createStandIn(options, {
    issuer,
    tokenEndpoint: `${base}/token`,
    jwksUri: `${base}/certs`,
    documents: { [`${issuer}/.well-known/openid-configuration`]: metadata(issuer, base) },
    answer: async (request, tokens, client) => {
      const { scope: asked = '' } = request.parameters
      const refusal =
        refusalOfClient(request, client, hasServiceAccount) ??
        (isWithin(asked, `${optional} ${DEFAULT_SCOPE}`)
          ? undefined
          : refused(400, 'invalid_scope', `Invalid scopes: ${asked}`))
      if (refusal !== undefined) return refusal
      const scope = `${asked} ${DEFAULT_SCOPE}`.trim()
      const claims = { iss: issuer, azp: client.clientId, aud: 'account', typ: 'Bearer', scope }
      return jsonResponse({
        access_token: await tokens.issue(claims, lifetimeSeconds),
        expires_in: lifetimeSeconds,
        refresh_expires_in: 0,
        token_type: 'Bearer',
        'not-before-policy': 0,
        scope,
      })
    },
  })
}

function metadata(issuer: string, base: string): object {
  return {
    issuer,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    introspection_endpoint: `${base}/token/introspect`,
    jwks_uri: `${base}/certs`,
    grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
    response_types_supported: ['code', 'none'],
    token_endpoint_auth_methods_supported: [
      ...['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
      ...['tls_client_auth', 'client_secret_jwt'],
    ],
    mtls_endpoint_aliases: { token_endpoint: `${base}/token` },
  }
}

function refusalOfClient(
  request: ReceivedTokenRequest,
  client: KnownClient,
  hasServiceAccount: boolean,
): Response | undefined {
  const { clientId, clientSecret } = credentialsOf(request)
  const invalid = 'Invalid client or Invalid client credentials'
  if (clientId === undefined) return refused(400, 'invalid_client', 'Missing client_id parameter')
  if (clientId !== client.clientId) return refused(401, 'invalid_client', invalid)
  if (clientSecret !== client.clientSecret) return refused(401, 'unauthorized_client', invalid)
  if (request.parameters.grant_type !== 'client_credentials') {
    return refused(400, 'unsupported_grant_type', 'Unsupported grant_type')
  }
  if (hasServiceAccount) return undefined
  return refused(401, 'unauthorized_client', 'Client not enabled to retrieve service account')
}
