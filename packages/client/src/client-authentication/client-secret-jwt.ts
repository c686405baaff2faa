/**
 * `client_secret_jwt`: an assertion with a MAC by the client secret, which itself stays here (OpenID
 * Connect Core section 9, RFC 7518 section 3.2). In this file and not in `@mintmark/jwt`, which has no
 * code for symmetric keys, so that no token can be verified with one.
 */
import { checkNames, oneOf } from '@mintmark/runtime'
import {
  type AssertionOptions,
  assertionOptionNames,
  resolveAssertion,
} from './assertion-options.ts'
import { type ClientAuthentication, credentialIdentity } from './client-authentication.ts'
import { type SecretSource, secretReader } from './secret-source.ts'
import { signedAssertion } from './signed-assertion.ts'

/** An algorithm of {@link clientSecretJwt}. */
export type MacAlgorithm = 'HS256' | 'HS384' | 'HS512'

/** Options of {@link clientSecretJwt}. */
export interface ClientSecretJwtOptions extends AssertionOptions {
  /** Default `HS256`. */
  readonly algorithm?: MacAlgorithm
}

const hashes = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' } as const

/**
 * Authenticates by an assertion that proves knowledge of the secret.
 *
 * Throws `TypeError` or `RangeError` for an unusable secret or option, without naming the secret.
 * Does not check that the secret is as long as the MAC, as RFC 7518 wants: that is up to the server,
 * which made it.
 */
export function clientSecretJwt(
  secret: SecretSource,
  options: ClientSecretJwtOptions = {},
): ClientAuthentication {
  checkNames(options, [...assertionOptionNames, 'algorithm'])
  const names = Object.keys(hashes) as MacAlgorithm[]
  const algorithm = oneOf('algorithm', options.algorithm ?? 'HS256', names)
  const assertion = resolveAssertion(options)
  const readSecret = secretReader(secret)
  const header = { alg: algorithm, kid: undefined, 'x5t#S256': undefined }
  return Object.freeze({
    method: 'client_secret_jwt',
    bodyType: 'form',
    isTimeBound: true,
    read: async () => {
      const clientSecret = await readSecret()
      const sign = (signingInput: string) =>
        macOf(clientSecret.reveal(), hashes[algorithm], signingInput)
      return {
        identity: credentialIdentity('client_secret_jwt', algorithm, clientSecret.reveal()),
        present: (attempt) => signedAssertion({ header, sign }, assertion, attempt),
      }
    },
  } satisfies ClientAuthentication)
}

async function macOf(secret: string, hash: string, text: string): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto
  const encoder = new TextEncoder()
  const parameters = { name: 'HMAC', hash }
  const key = await subtle.importKey('raw', encoder.encode(secret), parameters, false, ['sign'])
  return new Uint8Array(await subtle.sign('HMAC', key, encoder.encode(text)))
}
