/** `client_secret_basic`: id and secret in the `Authorization` header (RFC 6749 section 2.3.1). */
import {
  type BasicEncoding,
  type ClientSecret,
  formEncode,
  redact,
  serialiseBasicCredentials,
} from '@mintmark/protocol'
import { type ClientAuthentication, credentialIdentity } from './client-authentication.ts'
import { type SecretSource, secretReader } from './secret-source.ts'

/** Options of {@link clientSecretBasic}. */
export interface ClientSecretBasicOptions {
  /**
   * How id and secret are written before they are joined. Default `form`, as RFC 6749 says; `raw`
   * for servers that do not decode. The two differ only for characters other than letters, digits
   * and `*-._`.
   */
  readonly encoding?: BasicEncoding
}

/**
 * Authenticates in the `Authorization` header. The default for a bare `clientSecret`.
 *
 * Throws `TypeError` for an unusable secret or encoding, without naming the secret.
 */
export function clientSecretBasic(
  secret: SecretSource,
  options: ClientSecretBasicOptions = {},
): ClientAuthentication {
  const encoding = options.encoding ?? 'form'
  if (encoding !== 'form' && encoding !== 'raw') {
    throw new TypeError("encoding: expected 'form' or 'raw'")
  }
  const readSecret = secretReader(secret)
  return Object.freeze({
    method: 'client_secret_basic',
    bodyType: 'form',
    isTimeBound: false,
    read: async () => {
      const clientSecret = await readSecret()
      return {
        identity: credentialIdentity('client_secret_basic', encoding, clientSecret.reveal()),
        present: ({ clientId }) => ({
          authorization: serialiseBasicCredentials(clientId, clientSecret, encoding),
          parameters: [],
        }),
        isEncodingDoubtful: (clientId) => [clientId, clientSecret.reveal()].some(isEncoded),
      }
    },
    checkClientId: (clientId) => {
      serialiseBasicCredentials(clientId, TRIED, encoding)
    },
  } satisfies ClientAuthentication)
}

/** Stands for the secret while only the client id is of interest. */
const TRIED: ClientSecret = redact('client secret', 'tried')

function isEncoded(part: string): boolean {
  return formEncode(part) !== part
}
