/** Verifying the signature of a token (RFC 7515 section 5.2). */
import type { CompactJws } from './compact.ts'
import type {
  MaybePromise,
  SignatureEngine,
  SynchronousSignatureEngine,
  VerificationKey,
} from './signature-engine.ts'

/**
 * Tells whether `key` made the signature of `jws`.
 *
 * The algorithm is the key's: a token that names another is not the key's, whatever its octets.
 * Answers in place when the engine does. Checks the signature alone: not `kid`, not `typ`, none of
 * the claims.
 */
export function verifyCompact(
  engine: SynchronousSignatureEngine,
  jws: CompactJws,
  key: VerificationKey,
): boolean
export function verifyCompact(
  engine: SignatureEngine,
  jws: CompactJws,
  key: VerificationKey,
): MaybePromise<boolean>
export function verifyCompact(
  engine: SignatureEngine,
  jws: CompactJws,
  key: VerificationKey,
): MaybePromise<boolean> {
  return jws.header.alg === key.alg && engine.verify(key, jws.signingInput, jws.signature)
}
