/** The field in which a proxy passes on the certificate that a client has shown it (RFC 9440). */
import { clientCertificateBytesMax } from './limits.ts'

/** The name of the field, in lower case. */
export const clientCertificateField = 'client-cert'

/**
 * The certificate in the value of a `Client-Cert` field: a byte sequence of RFC 8941 section 3.3.5, which is base64
 * between colons. Refuses anything around it, parameters too, and more than 16 KiB. Does not look into the octets, and
 * does not know who sent them: whoever can reach a server could write any certificate there.
 */
export function parseClientCertificate(value: string): Uint8Array | undefined {
  const text = BYTE_SEQUENCE.exec(value)?.[1]
  if (text === undefined || text.length > (clientCertificateBytesMax * 4) / 3) return undefined
  const unpadded = text.replace(/=+$/, '')
  if (unpadded.length % 4 === 1) return undefined
  const characters = atob(unpadded)
  // Padding may be missing, stray bits may not be set: a certificate has one text.
  if (btoa(characters).replace(/=+$/, '') !== unpadded) return undefined
  return Uint8Array.from(characters, (character) => character.charCodeAt(0))
}

const BYTE_SEQUENCE = /^ *:([A-Za-z0-9+/]+={0,2}): *$/
