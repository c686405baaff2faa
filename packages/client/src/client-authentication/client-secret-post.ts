/** `client_secret_post`: id and secret in the form body (RFC 6749 section 2.3.1). */
import { type ClientAuthentication, credentialIdentity } from './client-authentication.ts'
import { type SecretSource, secretReader } from './secret-source.ts'

/** Authenticates in the form body. Throws `TypeError` for an unusable secret, without naming it. */
export function clientSecretPost(secret: SecretSource): ClientAuthentication {
  return inBody(secret, 'form')
}

/** Id and secret as two parameters of the body. */
export function inBody(
  secret: SecretSource,
  bodyType: ClientAuthentication['bodyType'],
): ClientAuthentication {
  const readSecret = secretReader(secret)
  return Object.freeze({
    method: 'client_secret_post',
    bodyType,
    isTimeBound: false,
    read: async () => {
      const clientSecret = await readSecret()
      return {
        identity: credentialIdentity('client_secret_post', bodyType, clientSecret.reveal()),
        present: ({ clientId }) => ({
          authorization: undefined,
          parameters: [
            ['client_id', clientId],
            ['client_secret', clientSecret.reveal()],
          ],
        }),
      }
    },
  } satisfies ClientAuthentication)
}
