/**
 * Okta. Sources: developer.okta.com, "Implement authorization by grant type: Client Credentials" (Basic, scope),
 * "Implement OAuth for Okta with a service app" (the server of the organisation, assertions), "Configure OAuth 2.0
 * Demonstrating Proof-of-Possession" and support.okta.com, "The DPoP Proof JWT Header Is Missing" (nonce, errors). An
 * unknown client is told so in Okta's own format, as reported in many places.
 */
import type { PublicJwk } from '@mintmark/jwt'
import { type Clock, systemClock } from '@mintmark/runtime'
import { jsonResponse } from '../json-response.ts'
import { assertionJudge } from './assertion-judge.ts'
import { isWithin, refused } from './oauth-refusal.ts'
import { createProofJudge } from './proof-judge.ts'
import { credentialsOf, type ReceivedTokenRequest } from './received-token-request.ts'
import { createStandIn, type KnownClient, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 3600
const ASSERTION_SECONDS_MAX = 3600
const ORIGIN = 'https://dev-1234.okta.com'

/** Options of {@link oktaStandIn}. */
export interface OktaStandInOptions extends StandInOptions {
  /** A custom authorization server, or that of the organisation, which wants assertions. Default `default`. */
  readonly server?: 'default' | 'organisation'
  /** What the client may have. Default `orders.read`. */
  readonly scope?: string
  /** When given, the client authenticates with this key and nothing else. */
  readonly key?: PublicJwk
  /** Whether the application must prove possession of a key. Default `false`. */
  readonly requiresProof?: boolean
}

/** An authorization server of an organisation. */
export function oktaStandIn(options: OktaStandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS, clock = systemClock } = options
  const { server = 'default', scope: allowed = 'orders.read', requiresProof = false } = options
  const issuer = server === 'default' ? `${ORIGIN}/oauth2/default` : ORIGIN
  const base = server === 'default' ? `${issuer}/v1` : `${ORIGIN}/oauth2/v1`
  const tokenEndpoint = `${base}/token`
  const authenticate = authentication(tokenEndpoint, options, clock)
  const judgeProof = createProofJudge(clock, tokenEndpoint)
  return createStandIn(options, {
    ...{ issuer, tokenEndpoint },
    jwksUri: `${base}/keys`,
    documents: { [`${issuer}/.well-known/openid-configuration`]: metadata(issuer, base) },
    answer: async (request, tokens, client) => {
      const proof = requiresProof ? await judgeProof(request) : undefined
      if (proof?.refusal !== undefined) return proof.refusal
      const refusal =
        (await authenticate(request, client)) ?? refusalOfScope(request.parameters, allowed)
      if (refusal !== undefined) return refusal
      const { scope = '' } = request.parameters
      const { clientId } = client
      const claims = { ver: 1, iss: issuer, aud: 'api://default', cid: clientId, sub: clientId }
      const confirmation = proof === undefined ? {} : { cnf: { jkt: proof.thumbprint } }
      const whole = { ...claims, ...confirmation, scp: scope.split(' ') }
      return jsonResponse({
        token_type: proof === undefined ? 'Bearer' : 'DPoP',
        expires_in: lifetimeSeconds,
        access_token: await tokens.issue(whole, lifetimeSeconds),
        scope,
      })
    },
  })
}

function metadata(issuer: string, base: string): object {
  return {
    issuer,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/keys`,
    response_types_supported: ['code', 'token'],
    token_endpoint_auth_methods_supported: [
      ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
    ],
    dpop_signing_alg_values_supported: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
  }
}

function authentication(tokenEndpoint: string, { key, server }: OktaStandInOptions, clock: Clock) {
  const judge = assertionJudge(clock)
  return async (
    request: ReceivedTokenRequest,
    { clientId, clientSecret }: KnownClient,
  ): Promise<Response | undefined> => {
    const sent = credentialsOf(request)
    if (sent.clientId !== clientId && request.parameters.client_id !== clientId) {
      return unknownClient()
    }
    if (key !== undefined) {
      const lifetimeSecondsMax = ASSERTION_SECONDS_MAX
      const fault = await judge(request, {
        clientId,
        key,
        audience: tokenEndpoint,
        lifetimeSecondsMax,
      })
      return fault === undefined
        ? undefined
        : refused(401, 'invalid_client', assertionErrors[fault])
    }
    if (server === 'organisation') return refused(401, 'invalid_client', ORGANISATION)
    if (sent.clientSecret === clientSecret) return undefined
    return refused(401, 'invalid_client', 'The client secret supplied is invalid.')
  }
}

const ORGANISATION =
  'Requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.'

const assertionErrors = {
  missing: 'The client_assertion is missing.',
  header: 'The client_assertion header is invalid.',
  signature: 'The client_assertion signature is invalid.',
  party: 'The issuer and subject claims for client_assertion must be the client_id.',
  audience: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
  time: 'The client_assertion token is expired or valid for too long.',
  replayed: 'The client_assertion token has been used.',
} as const

function unknownClient(): Response {
  const body = {
    errorCode: 'invalid_client',
    errorSummary: "Invalid value for 'client_id' parameter.",
    errorLink: 'invalid_client',
    errorId: 'oaeFAmNeUfFQR2k5EQVEjlwpQ',
    errorCauses: [],
  }
  return jsonResponse(body, { status: 400 })
}

function refusalOfScope(
  { grant_type, scope }: Readonly<Record<string, string>>,
  allowed: string,
): Response | undefined {
  if (grant_type !== 'client_credentials') return refused(400, 'unsupported_grant_type')
  if (scope === undefined) {
    return refused(400, 'invalid_scope', "There are no default scopes, 'scope' must be provided.")
  }
  if (isWithin(scope, allowed)) return undefined
  const sentence = 'One or more scopes are not configured for the authorization server resource.'
  return refused(400, 'invalid_scope', sentence)
}
