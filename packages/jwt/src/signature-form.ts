/** What can be told about a signature before a crypto library sees it. */
import type { AlgorithmEntry } from './algorithms.ts'
import { isEcdsaSignature } from './ecdsa-signature.ts'

/**
 * Tells whether `signature` has the form the algorithm writes (RFC 7518 section 3): its length, and for ECDSA two
 * integers in range.
 *
 * An RSA signature is as long as the modulus (RFC 8017 sections 8.1.2 and 8.2.2). That is checked here because OpenSSL
 * takes a PSS signature whose first octet is zero without that octet, too: a second spelling of one signature in 256.
 *
 * @param modulusBits - Of an RSA key; `undefined` for all others.
 */
export function hasSignatureForm(
  signature: Uint8Array,
  entry: AlgorithmEntry,
  modulusBits: number | undefined,
): boolean {
  if (entry.ecdsa !== undefined) return isEcdsaSignature(signature, entry.ecdsa)
  return signature.length === (entry.signatureBytes ?? Math.ceil((modulusBits ?? 0) / 8))
}
