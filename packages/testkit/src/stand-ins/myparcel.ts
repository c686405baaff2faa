/**
 * MyParcel.com. Sources: docs.myparcel.com, "Authentication" and "Client Credentials Grant" (JSON body, `*`, the answer
 * of three members, `application/json` here and `application/vnd.api+json` at the API); the public repositories
 * MyParcelCOM/json-api and MyParcelCOM/api-sdk-php (errors 14000, 14001, 14002 and their statuses, no challenge).
 */
import { jsonResponse } from '../json-response.ts'
import type { Responder } from '../scripted-transport.ts'
import type { ReceivedTokenRequest } from './received-token-request.ts'
import { createStandIn, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 86_400
const JSON_API = 'application/vnd.api+json'

/** Options of {@link myparcelStandIn}. */
export interface MyparcelStandInOptions extends StandInOptions {
  /** What the client may have. Default `shipments.manage shipments.show`. */
  readonly scope?: string
}

/** The authentication server of MyParcel.com. */
export function myparcelStandIn(options: MyparcelStandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS, scope = 'shipments.manage shipments.show' } = options
  const issuer = 'https://auth.myparcel.com'
  return createStandIn(options, {
    issuer,
    tokenEndpoint: `${issuer}/access-token`,
    documents: {},
    answer: async (request, tokens, client) => {
      const { client_id, client_secret } = request.parameters
      const asked = scopesAsked(request, scope)
      const refusal = refusalOf(request, asked, scope)
      if (client_id !== client.clientId || client_secret !== client.clientSecret) return badClient()
      if (refusal !== undefined) return refusal
      const token = await tokens.issue({ aud: client.clientId, scopes: asked }, lifetimeSeconds)
      return jsonResponse({
        token_type: 'Bearer',
        expires_in: lifetimeSeconds,
        access_token: token,
      })
    },
  })
}

/** Its API: refuses a token with a JSON:API error, and never says how to do better. */
export function myparcelApi({ admits }: StandIn): Responder {
  return (request) => {
    const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
    if (token === undefined) return apiError(401, '14003', 'No Access Token Provided')
    if (!admits(token)) return apiError(401, '14002', 'Access Token Is Invalid')
    const shipment = { type: 'shipments', id: '7b808eee-bf1c-40cd-98f2-3c335a06417e' }
    return jsonResponse({ data: shipment }, { headers: { 'content-type': JSON_API } })
  }
}

function scopesAsked({ parameters }: ReceivedTokenRequest, allowed: string): readonly string[] {
  const { scope = '' } = parameters
  return (scope === '*' ? allowed : scope).split(' ').filter((each) => each !== '')
}

function refusalOf(
  { mediaType, parameters }: ReceivedTokenRequest,
  asked: readonly string[],
  allowed: string,
): Response | undefined {
  if (mediaType !== 'application/json' || parameters.grant_type !== 'client_credentials') {
    return authError(400, '14050', 'Unable To Process OAuth Request')
  }
  if (asked.every((each) => allowed.split(' ').includes(each))) return undefined
  return authError(403, '14001', 'Scope Not Available To Client')
}

function badClient(): Response {
  return authError(403, '14000', 'Invalid OAuth Client')
}

function authError(status: number, code: string, title: string): Response {
  return jsonResponse({ errors: [errorOf(status, code, title)] }, { status })
}

function apiError(status: number, code: string, title: string): Response {
  const headers = { 'content-type': JSON_API }
  return jsonResponse({ errors: [errorOf(status, code, title)] }, { status, headers })
}

function errorOf(status: number, code: string, title: string): object {
  return { status: String(status), code, title, detail: `${title}.` }
}
