/**
 * Firsty Connect. Source: requirement S5 (`POST /api/v3/auth/token`, form body, tokens of 24 h); nothing public says
 * how it refuses, so errors are those of RFC 6749, and its API answers without a challenge: the harder case for a
 * client that has to pass T3.
 */
import { jsonResponse } from '../json-response.ts'
import type { Responder } from '../scripted-transport.ts'
import { refused } from './oauth-refusal.ts'
import { credentialsOf } from './received-token-request.ts'
import { createStandIn, type StandIn, type StandInOptions } from './stand-in.ts'

const LIFETIME_SECONDS = 86_400

/** The token service of Firsty Connect. */
export function firstyStandIn(options: StandInOptions = {}): StandIn {
  const { lifetimeSeconds = LIFETIME_SECONDS } = options
  const issuer = 'https://connect.firsty.example'
  return createStandIn(options, {
    issuer,
    tokenEndpoint: `${issuer}/api/v3/auth/token`,
    documents: {},
    answer: async (request, tokens, client) => {
      const { clientId, clientSecret } = credentialsOf(request)
      if (request.mediaType !== 'application/x-www-form-urlencoded') {
        return refused(400, 'invalid_request')
      }
      if (request.parameters.grant_type !== 'client_credentials') {
        return refused(400, 'unsupported_grant_type')
      }
      if (clientId !== client.clientId || clientSecret !== client.clientSecret) {
        return refused(401, 'invalid_client')
      }
      const token = await tokens.issue({ iss: issuer, sub: clientId }, lifetimeSeconds)
      return jsonResponse({
        access_token: token,
        token_type: 'Bearer',
        expires_in: lifetimeSeconds,
      })
    },
  })
}

/** Its API. */
export function firstyApi({ admits }: StandIn): Responder {
  return (request) => {
    const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
    if (token !== undefined && admits(token)) return jsonResponse({ plans: [] })
    return jsonResponse({ message: 'Unauthorized' }, { status: 401 })
  }
}
