/**
 * The failure to import a key: a crypto library would not take it, or its two halves do not match.
 */
import type { SignatureAlgorithm } from './algorithms.ts'

/**
 * A JWK could not be imported. `code` is stable; `alg` and `kid` name the key.
 *
 * There is no `cause`: what a crypto library says about a private key is not ours to vouch for.
 */
export class KeyImportError extends Error {
  override readonly name = 'KeyImportError'
  readonly code = 'key_not_importable'
  /** Importing the same key again fails again. */
  readonly retryable = false
  readonly alg: SignatureAlgorithm
  readonly kid: string | undefined

  constructor(alg: SignatureAlgorithm, kid: string | undefined) {
    super(
      `The key cannot be imported for ${alg}: it is of another type, damaged, or not on its curve`,
    )
    this.alg = alg
    this.kid = kid
  }
}
