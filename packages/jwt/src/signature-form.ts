/** What can be told about a signature without any key. */
import type { AlgorithmEntry } from './algorithms.ts'
import { isEcdsaSignature } from './ecdsa-signature.ts'

/**
 * Tells whether `signature` has the form the algorithm writes (RFC 7518 section 3): its length, and
 * for ECDSA two integers in range. The length of an RSA signature is the key's and is left to the
 * crypto library.
 */
export function hasSignatureForm(signature: Uint8Array, entry: AlgorithmEntry): boolean {
  if (entry.ecdsa !== undefined) return isEcdsaSignature(signature, entry.ecdsa)
  return entry.signatureBytes === undefined
    ? signature.length > 0
    : signature.length === entry.signatureBytes
}
