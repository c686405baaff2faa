/**
 * Client id and secret among the parameters of a request (RFC 6749 section 2.3.1,
 * `client_secret_post`).
 */
import type { Parameters } from './parameters.ts'
import { type ClientSecret, redact } from './redacted.ts'

/** The credentials a request body holds; each may be missing. */
export interface BodyCredentials {
  readonly clientId: string | undefined
  readonly clientSecret: ClientSecret | undefined
}

/**
 * Picks the client's credentials out of `parameters`. Whether they are enough, or too many, is not
 * judged.
 */
export function readBodyCredentials(parameters: Parameters): BodyCredentials {
  const secret = parameters.one('client_secret')
  return {
    clientId: parameters.one('client_id'),
    clientSecret: secret === undefined ? undefined : redact('client secret', secret),
  }
}
