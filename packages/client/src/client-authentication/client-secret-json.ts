/**
 * `client_secret_post` in a JSON body: no standard, but what some token services ask for
 * (MyParcel.com).
 */
import type { ClientAuthentication } from './client-authentication.ts'
import { inBody } from './client-secret-post.ts'
import type { SecretSource } from './secret-source.ts'

/**
 * Sends the whole token request as a JSON object, id and secret included. Throws `TypeError` for an
 * unusable secret, without naming it.
 */
export function clientSecretJson(secret: SecretSource): ClientAuthentication {
  return inBody(secret, 'json')
}
