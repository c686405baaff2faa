/** Whether a request comes with the certificate that its token is bound to (RFC 8705 section 3). */
import { encodeBase64url, type MaybePromise, type SignatureEngine } from '@mintmark/jwt'
import type { GuardedRequest } from '../guarded-request.ts'
import type { CertificateSource } from './certificate-source.ts'
import type { SenderObstacle } from './sender-obstacle.ts'

/**
 * Compares the certificate of a request with the thumbprint `x5t#S256` of its token. Answers in place on an engine that
 * does, and for a certificate seen before. Throws what a source of the caller's own throws.
 */
export type CertificateCheck = (
  request: GuardedRequest,
  thumbprint: string,
) => MaybePromise<SenderObstacle | undefined>

/** Makes the check of one guard. */
export function createCertificateCheck(
  certificateOf: CertificateSource,
  engine: SignatureEngine,
): CertificateCheck {
  const thumbprints = new WeakMap<Uint8Array, string>()

  function compare(der: Uint8Array, thumbprint: string, bound: string) {
    thumbprints.set(der, thumbprint)
    return thumbprint === bound ? undefined : mismatch
  }

  return (request, bound) => {
    const der = certificateOf(request)
    if (der === undefined) return missing
    const known = thumbprints.get(der)
    if (known !== undefined) return known === bound ? undefined : mismatch
    const digest = engine.sha256(der)
    return digest instanceof Promise
      ? digest.then((octets) => compare(der, encodeBase64url(octets), bound))
      : compare(der, encodeBase64url(digest), bound)
  }
}

const missing: SenderObstacle = { code: 'certificate_missing' }
const mismatch: SenderObstacle = { code: 'certificate_mismatch' }
