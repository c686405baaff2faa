/** The options that say how a client authenticates. */
import { redact } from '@mintmark/protocol'
import type { Preset } from '../presets.ts'
import type { AuthenticationChoice } from './choose-authentication.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { clientSecretBasic } from './client-secret-basic.ts'
import { clientSecretJson } from './client-secret-json.ts'
import { clientSecretPost } from './client-secret-post.ts'
import type { SecretSource } from './secret-source.ts'

/** Exactly one of the two is given. */
export interface AuthenticationOptions {
  /**
   * The client secret, or a function that gives it afresh for each token request. Sent as
   * `client_secret_basic`, unless the preset or the server's metadata say otherwise.
   */
  readonly clientSecret?: SecretSource
  /**
   * A method of the caller's choice, made by `clientSecretBasic`, `clientSecretPost` or
   * `clientSecretJson`.
   */
  readonly clientAuthentication?: ClientAuthentication
}

/**
 * Checks the options.
 *
 * Throws `TypeError` when neither or both are given or one is malformed, and `RangeError` when the
 * method cannot express the client id; without naming the secret.
 */
export function resolveAuthentication(
  { clientSecret, clientAuthentication }: AuthenticationOptions,
  clientId: string,
  preset: Preset['authentication'] | undefined,
): AuthenticationChoice {
  if ((clientSecret === undefined) === (clientAuthentication === undefined)) {
    throw new TypeError('expected either clientSecret or clientAuthentication')
  }
  if (clientAuthentication !== undefined) return fixed(checked(clientAuthentication, clientId))
  const secret = clientSecret as SecretSource
  if (preset === 'client_secret_post') return fixed(clientSecretPost(secret))
  if (preset === 'client_secret_json') return fixed(clientSecretJson(secret))
  return {
    choice: 'by_metadata',
    basic: clientSecretBasic(secret),
    post: clientSecretPost(secret),
  }
}

function fixed(authentication: ClientAuthentication): AuthenticationChoice {
  return { choice: 'fixed', authentication }
}

function checked(authentication: ClientAuthentication, clientId: string): ClientAuthentication {
  const { readSecret, present } = authentication ?? {}
  if (typeof readSecret !== 'function' || typeof present !== 'function') {
    throw new TypeError(
      'clientAuthentication: expected what clientSecretBasic or a sibling of it gives',
    )
  }
  // Better now than at the first token request: raw Basic credentials take no colon in the id.
  present(clientId, redact('client secret', 'tried'))
  return authentication
}
