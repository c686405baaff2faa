/**
 * Microsoft Entra ID. Sources: learn.microsoft.com, "OAuth 2.0 client credentials flow on the Microsoft identity
 * platform", "Microsoft identity platform application authentication certificate credentials" (PS256 or RS256,
 * `x5t#S256`, audience), "Microsoft Entra authentication and authorization error codes" (the shape of errors); single
 * errors as reported in MicrosoftDocs/azure-docs issues 30777 and 99862 and OfficeDev/microsoft-365-agents-toolkit
 * issue 8621. Version 1 writes numbers as text.
 */
import type { PublicJwk } from '@mintmark/jwt'
import { systemClock } from '@mintmark/runtime'
import { jsonResponse } from '../json-response.ts'
import { type AssertionRules, assertionJudge } from './assertion-judge.ts'
import type { ReceivedTokenRequest } from './received-token-request.ts'
import { createStandIn, type KnownClient, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 3599
const ASSERTION_SECONDS_MAX = 86_400
/** From here on the answer says when to ask again: at half of the lifetime. */
const LONG_LIFETIME_SECONDS = 7200
const ORIGIN = 'https://login.microsoftonline.com'
const TENANT = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490'

/** Options of {@link entraStandIn}. */
export interface EntraStandInOptions extends StandInOptions {
  /** The application ID URI of the one API of the tenant. Default `api://orders`. */
  readonly resource?: string
  /** The certificate of the application: its key and the SHA-256 by which Entra finds it. */
  readonly certificate?: { readonly key: PublicJwk; readonly thumbprint: string }
  /** A federated credential of the application: whose assertions about whom it takes. */
  readonly federation?: {
    readonly key: PublicJwk
    readonly issuer: string
    readonly subject: string
  }
}

/** A tenant of Entra ID, with its endpoints of both versions. */
export function entraStandIn(options: EntraStandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS, resource = 'api://orders' } = options
  const issuer = `${ORIGIN}/${TENANT}/v2.0`
  const tokenEndpoint = `${ORIGIN}/${TENANT}/oauth2/v2.0/token`
  const version1Path = `/${TENANT}/oauth2/token`
  const authenticate = authentication(tokenEndpoint, options)
  return createStandIn(options, {
    ...{ issuer, tokenEndpoint },
    otherTokenPaths: [version1Path],
    jwksUri: `${ORIGIN}/${TENANT}/discovery/v2.0/keys`,
    documents: { [`${issuer}/.well-known/openid-configuration`]: metadata(issuer, tokenEndpoint) },
    answer: async (request, tokens, client) => {
      const isVersion1 = request.path === version1Path
      const refusal =
        (await authenticate(request, client)) ??
        (isVersion1 ? refusalOfResource : refusalOfScope)(request.parameters, resource)
      if (refusal !== undefined) return refusal
      const claims = { iss: issuer, aud: resource, azp: client.clientId, tid: TENANT, ver: '2.0' }
      const token = await tokens.issue(claims, lifetimeSeconds)
      const body = isVersion1
        ? answerOfVersion1(lifetimeSeconds, resource)
        : answerOfVersion2(lifetimeSeconds)
      return jsonResponse({ ...body, access_token: token }, { headers: answerHeaders })
    },
  })
}

const answerHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store, no-cache',
  'set-cookie': 'fpc=AsXk; expires=Wed, 23-Dec-2026 12:00:00 GMT; path=/; secure; HttpOnly',
  'x-ms-request-id': '255d1aef-8c98-452f-ac51-23d051240864',
}

function metadata(issuer: string, tokenEndpoint: string): object {
  return {
    issuer,
    token_endpoint: tokenEndpoint,
    token_endpoint_auth_methods_supported: [
      ...['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      'self_signed_tls_client_auth',
    ],
    jwks_uri: `${ORIGIN}/${TENANT}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token'],
    tenant_region_scope: 'EU',
  }
}

function answerOfVersion2(lifetimeSeconds: number): object {
  const body = {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
  }
  const isLong = lifetimeSeconds >= LONG_LIFETIME_SECONDS
  return isLong ? { ...body, refresh_in: Math.floor(lifetimeSeconds / 2) } : body
}

function answerOfVersion1(lifetimeSeconds: number, resource: string): object {
  const text = String(lifetimeSeconds)
  return { token_type: 'Bearer', expires_in: text, ext_expires_in: text, not_before: '0', resource }
}

/** By secret, certificate or federated credential; who has one of the latter may use any. */
function authentication(
  tokenEndpoint: string,
  { certificate, federation, clock = systemClock }: EntraStandInOptions,
) {
  const judge = assertionJudge(clock)
  return async (
    request: ReceivedTokenRequest,
    { clientId, clientSecret }: KnownClient,
  ): Promise<Response | undefined> => {
    const { client_id, client_secret, client_assertion, grant_type } = request.parameters
    if (grant_type !== 'client_credentials') return refused(400, 'invalid_request', 900144)
    if (client_id !== clientId) return refused(400, 'unauthorized_client', 700016)
    if (client_secret !== undefined) {
      return client_secret === clientSecret ? undefined : refused(401, 'invalid_client', 7000215)
    }
    if (client_assertion === undefined) return refused(401, 'invalid_client', 7000216)
    const common = { clientId, lifetimeSecondsMax: ASSERTION_SECONDS_MAX }
    const rules: AssertionRules[] = []
    if (certificate !== undefined) {
      const header = { 'x5t#S256': certificate.thumbprint, typ: 'JWT' }
      rules.push({ ...common, key: certificate.key, audience: tokenEndpoint, header })
    }
    if (federation !== undefined) {
      rules.push({ ...common, ...federation, audience: 'api://AzureADTokenExchange' })
    }
    for (const rule of rules) if ((await judge(request, rule)) === undefined) return undefined
    return refused(401, 'invalid_client', federation === undefined ? 700027 : 700213)
  }
}

function refusalOfScope(
  { scope, resource: sent }: Readonly<Record<string, string>>,
  resource: string,
): Response | undefined {
  if (sent !== undefined) return refused(400, 'invalid_request', 901002)
  if (scope === undefined) return refused(400, 'invalid_request', 900144)
  if (scope.includes(' ')) return refused(400, 'invalid_scope', 70011)
  if (!scope.endsWith('/.default')) return refused(400, 'invalid_scope', 1002012)
  return scope === `${resource}/.default` ? undefined : refused(400, 'invalid_resource', 500011)
}

function refusalOfResource(
  { resource: sent }: Readonly<Record<string, string>>,
  resource: string,
): Response | undefined {
  if (sent === undefined) return refused(400, 'invalid_request', 900144)
  return sent === resource ? undefined : refused(400, 'invalid_resource', 500011)
}

function refused(status: number, error: string, code: number): Response {
  const trace = '255d1aef-8c98-452f-ac51-23d051240864'
  const correlation = 'fb3d2015-bc17-4bb9-bb85-30c5cf1aaaa7'
  const timestamp = '2026-11-23 12:00:00Z'
  const sentence = `AADSTS${code}: not for programs.\r\nTrace ID: ${trace}\r\nTimestamp: ${timestamp}`
  const body = {
    ...{ error, error_description: sentence, error_codes: [code], timestamp },
    ...{ trace_id: trace, correlation_id: correlation },
    error_uri: `${ORIGIN}/error?code=${code}`,
  }
  return jsonResponse(body, { status, headers: answerHeaders })
}
