/**
 * Keys that nobody has, to verify the assertion of an unknown client with: it costs what a known one's costs.
 */
import {
  encodeBase64url,
  type PublicJwk,
  publicJwkOf,
  type SignatureAlgorithm,
  type SynchronousSignatureEngine,
  type VerificationKey,
} from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'

/** One key per algorithm, made when it is first needed. */
export interface DecoyKeys {
  keyFor(alg: SignatureAlgorithm): VerificationKey
}

/** Makes the keys of one server. */
export function createDecoyKeys(
  engine: SynchronousSignatureEngine,
  random: RandomSource,
): DecoyKeys {
  const made = new Map<SignatureAlgorithm, VerificationKey>()
  return {
    keyFor(alg) {
      const known = made.get(alg)
      if (known !== undefined) return known
      const isRsa = alg === 'RS256' || alg === 'PS256'
      const jwk = isRsa ? rsaLike(random) : publicJwkOf(engine.generateKey(alg))
      const key = engine.importVerificationKey(jwk, alg)
      made.set(alg, key)
      return key
    },
  }
}

const MODULUS_BYTES = 256

/** A random odd number of 2048 bits has the cost of a modulus, without the cost of making one. */
function rsaLike(random: RandomSource): PublicJwk {
  const modulus = new Uint8Array(random.bytes(MODULUS_BYTES))
  modulus[0] = (modulus[0] ?? 0) | 0x80
  modulus[MODULUS_BYTES - 1] = (modulus[MODULUS_BYTES - 1] ?? 0) | 1
  return { kty: 'RSA', n: encodeBase64url(modulus), e: 'AQAB' }
}
