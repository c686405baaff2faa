/** The public key of a certificate, as Keycloak stores it of a client: base64 without lines. */
import { X509Certificate } from 'node:crypto'
import type { ClientKeys } from '../registry/client-settings.ts'

/** A JWK Set with the key of the certificate; `undefined` when it is none. Does not look at its dates or issuer. */
export function publicKeysOfCertificate(base64: string): ClientKeys | undefined {
  try {
    const certificate = new X509Certificate(
      Buffer.from(base64.replace(/\s|-----[^-]+-----/g, ''), 'base64'),
    )
    const jwk = certificate.publicKey.export({ format: 'jwk' })
    return { kind: 'jwks', jwks: JSON.stringify({ keys: [jwk] }) }
  } catch {
    return undefined
  }
}
