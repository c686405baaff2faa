/** The options of `dpop`: which key proofs are signed with (RFC 9449). */

import {
  type PrivateJwk,
  parsePrivateJwk,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import { checkNames, oneOf } from '@mintmark/runtime'
import { algorithmOfPair, type CryptoKeyPair, isCryptoKeyPair } from './crypto-key-pair.ts'

/** How proofs are signed. */
export interface DpopOptions {
  /** Default: that of `key`, or the first that suits it; without a key `ES256`. */
  readonly algorithm?: SignatureAlgorithm
  /**
   * A private key as a JWK (RFC 7517), or a key pair of WebCrypto whose private half may stay where it is. Processes
   * that are given the same JWK can share their tokens through `store`. Default: each client makes a key of its own
   * when it first needs one. With that, and with a pair, it keeps its tokens to itself.
   */
  readonly key?: object
}

/** The options with every default applied. */
export type DpopChoice =
  | { readonly algorithm: SignatureAlgorithm; readonly source: 'generated' }
  | { readonly algorithm: SignatureAlgorithm; readonly source: 'jwk'; readonly jwk: PrivateJwk }
  | {
      readonly algorithm: SignatureAlgorithm
      readonly source: 'pair'
      readonly pair: CryptoKeyPair
    }

/**
 * Checks the options and applies the defaults.
 *
 * Throws `TypeError` for an algorithm that is not ours and for a key that is no private key of the algorithm, without
 * anything of the key. Whether the two halves of a key belong together is found out when it is used.
 */
export function resolveDpop(options: DpopOptions): DpopChoice {
  checkNames(options, ['algorithm', 'key'], 'dpop')
  const { algorithm, key } = options
  if (algorithm !== undefined) oneOf('dpop.algorithm', algorithm, signatureAlgorithms)
  if (key === undefined) return { algorithm: algorithm ?? 'ES256', source: 'generated' }
  const given = typeof key === 'object' && key !== null ? givenKey(key, algorithm) : undefined
  if (given !== undefined) return given
  const wanted = (algorithm === undefined ? signatureAlgorithms : [algorithm]).join(' or ')
  throw new TypeError(`dpop.key: expected a private JWK or a CryptoKeyPair for ${wanted}`)
}

function givenKey(key: object, wanted: SignatureAlgorithm | undefined): DpopChoice | undefined {
  if (isCryptoKeyPair(key)) {
    const algorithm = algorithmOfPair(key)
    if (algorithm === undefined || (wanted ?? algorithm) !== algorithm) return undefined
    return { algorithm, source: 'pair', pair: key }
  }
  for (const algorithm of wanted === undefined ? signatureAlgorithms : [wanted]) {
    const jwk = parsePrivateJwk({ alg: algorithm, ...withKnownName(key) } as JsonObject)
    if (jwk.ok && jwk.value.alg === algorithm) return { algorithm, source: 'jwk', jwk: jwk.value }
  }
  return undefined
}

/** What WebCrypto exports names EdDSA by its curve (RFC 9864). */
function withKnownName(jwk: { readonly alg?: unknown }): object {
  return jwk.alg === 'Ed25519' ? { ...jwk, alg: 'EdDSA' } : jwk
}
