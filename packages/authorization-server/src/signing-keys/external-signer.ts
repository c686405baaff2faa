/**
 * The port to whatever keeps a private key for us: a KMS, an HSM, another process. What it signs with is published and
 * takes its turns like every other key; only its signatures come later.
 */
import {
  algorithmEntry,
  type PublicJwk,
  parsePublicJwk,
  type SignatureAlgorithm,
} from '@mintmark/jwt'

/** One key that somebody else keeps. */
export interface ExternalSigner {
  /**
   * What the key is called in the database and in `key list`; 1 to 64 letters, digits, `.`, `_` and `-`. All nodes have
   * to be given a signer of this name before its key signs. A new key needs a new name.
   */
  readonly name: string
  readonly algorithm: SignatureAlgorithm
  /** The public half. */
  readonly publicJwk: PublicJwk
  /**
   * Signs `input` as RFC 7518 section 3 has it: for ES256 the digest is made by the signer, and the signature is `r`
   * and `s` side by side, not DER. Rejects when it cannot. Is aborted when nobody waits for it any more.
   */
  sign(input: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
}

/** What is wrong with a signer as it was configured; `undefined` when nothing is. Whether it signs shows later. */
export function signerFault({
  name,
  algorithm,
  publicJwk,
  sign,
}: ExternalSigner): string | undefined {
  if (typeof name !== 'string' || !/^[\w.-]{1,64}$/.test(name)) {
    return 'a name has 1 to 64 letters, digits, ".", "_" and "-"'
  }
  const entry = algorithmEntry(algorithm)
  if (entry === undefined) return `the algorithm of ${name} is none of ES256, EdDSA, RS256, PS256`
  const parsed = parsePublicJwk(Object(publicJwk))
  const fits = parsed.ok && parsed.value.kty === entry.key.kty && parsed.value.crv === entry.key.crv
  if (!fits) return `the public key of ${name} is no JWK for ${algorithm}`
  return typeof sign === 'function' ? undefined : `${name} has no function sign`
}
