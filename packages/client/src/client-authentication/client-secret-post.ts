/** `client_secret_post`: id and secret in the form body (RFC 6749 section 2.3.1). */
import type { FormPair } from '@mintmark/protocol'
import type { ClientAuthentication, PresentedCredential } from './client-authentication.ts'
import { type SecretSource, secretReader } from './secret-source.ts'

/** Authenticates in the form body. Throws `TypeError` for an unusable secret, without naming it. */
export function clientSecretPost(secret: SecretSource): ClientAuthentication {
  return Object.freeze({
    method: 'client_secret_post',
    bodyType: 'form',
    readSecret: secretReader(secret),
    present: presentInBody,
  } satisfies ClientAuthentication)
}

/** Id and secret as two parameters of the body. */
export const presentInBody: ClientAuthentication['present'] = (
  clientId,
  secret,
): PresentedCredential => {
  const parameters: readonly FormPair[] = [
    ['client_id', clientId],
    ['client_secret', secret.reveal()],
  ]
  return { authorization: undefined, parameters }
}
