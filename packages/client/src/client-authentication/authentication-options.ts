/** The options that say how a client authenticates. */
import { credentialsMax } from '../limits.ts'
import type { Preset } from '../presets/preset.ts'
import type { AuthenticationChoice } from './choose-authentication.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { clientSecretBasic } from './client-secret-basic.ts'
import { clientSecretJson } from './client-secret-json.ts'
import { clientSecretPost } from './client-secret-post.ts'
import type { SecretSource } from './secret-source.ts'

/**
 * Exactly one of the two is given. Either may be a list of 1 to 4, such as the next and the current
 * secret while one replaces the other: when the server refuses one, the others are tried at once, and
 * the one that works is used from then on.
 */
export interface AuthenticationOptions {
  /**
   * The client secret, or a function that gives it afresh for each attempt. Sent as
   * `client_secret_basic`, unless the preset or the server's metadata say otherwise.
   */
  readonly clientSecret?: SecretSource | readonly SecretSource[]
  /**
   * A method of the caller's choice: what `clientSecretBasic`, `privateKeyJwt` or a sibling of them
   * gives.
   */
  readonly clientAuthentication?: ClientAuthentication | readonly ClientAuthentication[]
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
  if (clientAuthentication !== undefined && clientSecret === undefined) {
    const authentications = listOf('clientAuthentication', clientAuthentication)
    return fixed(authentications.map((one) => checked(one, clientId)))
  }
  if (clientSecret === undefined || clientAuthentication !== undefined) {
    throw new TypeError('expected either clientSecret or clientAuthentication')
  }
  const secrets = listOf('clientSecret', clientSecret)
  if (preset === 'client_secret_post') return fixed(secrets.map(clientSecretPost))
  if (preset === 'client_secret_json') return fixed(secrets.map(clientSecretJson))
  return {
    choice: 'by_metadata',
    basic: secrets.map((secret) => clientSecretBasic(secret)),
    post: secrets.map(clientSecretPost),
  }
}

function listOf<Item>(name: string, given: Item | readonly Item[]): readonly Item[] {
  const list: readonly Item[] = Array.isArray(given) ? [...given] : [given]
  if (list.length > 0 && list.length <= credentialsMax) return list
  throw new TypeError(`${name}: expected one, or a list of 1 to ${credentialsMax}`)
}

function fixed(authentications: readonly ClientAuthentication[]): AuthenticationChoice {
  return { choice: 'fixed', authentications }
}

function checked(authentication: ClientAuthentication, clientId: string): ClientAuthentication {
  if (typeof authentication?.read !== 'function') {
    throw new TypeError(
      'clientAuthentication: expected what clientSecretBasic or a sibling of it gives',
    )
  }
  // Better now than at the first token request: raw Basic credentials take no colon in the id.
  authentication.checkClientId?.(clientId)
  return authentication
}
