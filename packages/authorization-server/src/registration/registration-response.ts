/** The answers of the registration endpoints: JSON that nobody stores on the way, errors of a fixed vocabulary. */
import { serialiseChallenge } from '@mintmark/protocol'
import type { EndpointResponse } from '../http/endpoint.ts'

/** What a registration is refused for. The errors are those of RFC 7591 section 3.2.2 and RFC 6750 section 3.1. */
export interface RegistrationRefusal {
  readonly status: 400 | 401 | 403 | 405 | 413 | 415 | 503
  readonly error:
    | 'invalid_redirect_uri'
    | 'invalid_client_metadata'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'invalid_request'
    | 'temporarily_unavailable'
    /** Nothing was presented, and nothing is wrong but that. */
    | undefined
  readonly description: string
}

/** A client, or what is left of it, as JSON. */
export function registrationAnswer(status: 200 | 201, body: object): EndpointResponse {
  return answer(status, body, [])
}

/** A client is gone (RFC 7592 section 2.3). */
export const clientDeleted: EndpointResponse = {
  status: 204,
  headers: ['Cache-Control', 'no-store', 'Pragma', 'no-cache'],
  body: '',
}

/** A refusal. `allowed` are the methods of the endpoint. */
export function registrationRefused(
  { status, error, description }: RegistrationRefusal,
  allowed: string,
): EndpointResponse {
  const body = { ...(error !== undefined && { error }), error_description: description }
  return answer(status, body, [
    ...(status === 401 || status === 403 ? ['WWW-Authenticate', challenge(error)] : []),
    ...(status === 405 ? ['Allow', allowed] : []),
    ...(status === 503 ? ['Retry-After', '1'] : []),
  ])
}

function challenge(error: string | undefined): string {
  const realm = ['realm', 'registration'] as const
  return serialiseChallenge('Bearer', error === undefined ? [realm] : [realm, ['error', error]])
}

function answer(status: number, value: object, more: readonly string[]): EndpointResponse {
  const body = ascii(JSON.stringify(value))
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(body.length)]
  return {
    status,
    headers: [...headers, 'Cache-Control', 'no-store', 'Pragma', 'no-cache', ...more],
    body,
  }
}

/** The same JSON in ASCII: everything else is escaped. */
function ascii(json: string): string {
  return json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
