/** `private_key_jwt`: an assertion signed with the client's own key (RFC 7523 section 2.2, RFC 10070). */

import { type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import { checkNames, oneOf } from '@mintmark/runtime'
import { textValue } from '../option-value.ts'
import {
  type AssertionOptions,
  assertionOptionNames,
  resolveAssertion,
} from './assertion-options.ts'
import { type ClientAuthentication, credentialIdentity } from './client-authentication.ts'
import { type PrivateKeySource, privateKeyReader } from './private-key.ts'
import { signedAssertion } from './signed-assertion.ts'

/** Options of {@link privateKeyJwt}. */
export interface PrivateKeyJwtOptions extends AssertionOptions {
  /** The key, or a function that gives it afresh for each attempt. */
  readonly key: PrivateKeySource
  /** The header `kid`. Default: the `kid` of a JWK; else none, and the server tries the keys it has. */
  readonly keyId?: string
  /** Default: that of a JWK or CryptoKey; else ES256 for P-256, EdDSA for Ed25519, RS256 for RSA. */
  readonly algorithm?: SignatureAlgorithm
  /**
   * The header `x5t#S256`: the SHA-256 of the certificate of the key in base64url, 43 characters.
   * Microsoft Entra ID finds the key by it. Default: none.
   */
  readonly certificateThumbprint?: string
}

/**
 * Authenticates by an assertion signed with a private key, fresh for each request.
 *
 * Throws `TypeError` or `RangeError` for an unusable key or option, without naming anything of the
 * key. A key that is damaged in a way that only a crypto library sees, or that a function gives, fails
 * with the attempt (`credential_unavailable`).
 */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuthentication {
  checkNames(options, [
    ...assertionOptionNames,
    'key',
    'keyId',
    'algorithm',
    'certificateThumbprint',
  ])
  const { key: source, algorithm, keyId, certificateThumbprint: thumbprint } = options
  if (algorithm !== undefined) oneOf('algorithm', algorithm, signatureAlgorithms)
  if (keyId !== undefined) textValue('keyId', keyId)
  if (thumbprint !== undefined && !THUMBPRINT.test(thumbprint)) {
    throw new TypeError('certificateThumbprint: expected a SHA-256 in base64url, 43 characters')
  }
  const assertion = resolveAssertion(options)
  const readKey = privateKeyReader(source, algorithm)
  return Object.freeze({
    method: 'private_key_jwt',
    bodyType: 'form',
    isTimeBound: true,
    read: async () => {
      const key = await readKey()
      const kid = keyId ?? key.keyId
      const header = { alg: key.algorithm, kid, 'x5t#S256': thumbprint }
      const names = [key.algorithm, kid ?? '', thumbprint ?? '', key.identity]
      return {
        identity: credentialIdentity('private_key_jwt', ...names),
        present: (attempt) => signedAssertion({ header, sign: key.sign }, assertion, attempt),
      }
    },
  } satisfies ClientAuthentication)
}

const THUMBPRINT = /^[\w-]{43}$/
