/** The fields in which a proxy passes on the certificate that a client has shown it: RFC 9440, and what nginx has. */
import { clientCertificateBytesMax } from './limits.ts'

/**
 * The certificate in the value of a `Client-Cert` field: a byte sequence of RFC 8941 section 3.3.5, which is base64
 * between colons. Refuses anything around it, parameters too, and more than 12 KiB. Does not look into the octets, and
 * does not know who sent them: whoever can reach a server could write any certificate there.
 */
export function parseClientCertificate(value: string): Uint8Array | undefined {
  const text = BYTE_SEQUENCE.exec(value)?.[1]
  return text === undefined ? undefined : octetsIn(text)
}

/**
 * The certificate in PEM (RFC 7468) with everything but unreserved characters percent-encoded, as nginx has it in
 * `$ssl_client_escaped_cert`. Refuses anything around it, a second certificate too, and more than 12 KiB. Does not look
 * into the octets, and does not know who sent them.
 */
export function parseEscapedCertificate(value: string): Uint8Array | undefined {
  if (value.length > escapedLengthMax || !ESCAPED.test(value)) return undefined
  const lines = PEM.exec(unescaped(value))?.[1]
  return lines === undefined ? undefined : octetsIn(lines.replaceAll(/\r?\n/g, ''))
}

/** How proxies write certificates, and what reads them. */
const parsers = {
  rfc9440: parseClientCertificate,
  'escaped-pem': parseEscapedCertificate,
} as const

/**
 * How a proxy writes certificates: as RFC 9440 has it, whatever its field is called, or as a PEM that is
 * percent-encoded, which nginx has in `$ssl_client_escaped_cert`.
 */
export type CertificateEncoding = keyof typeof parsers

/** All of them, the default first. */
export const certificateEncodings = Object.keys(parsers) as readonly CertificateEncoding[]

/**
 * Makes what reads the values of a field of trusted proxies, and remembers those that were a certificate: the same text
 * gives the same octets, as long as there are not too many others. Does not look into them, and does not know who sent
 * the field.
 *
 * @param rememberedMax - Certificates that are kept; when there would be more, all are forgotten.
 */
export function createCertificateReader(
  encoding: CertificateEncoding,
  rememberedMax: number,
): (value: string) => Uint8Array | undefined {
  const parse = parsers[encoding]
  const known = new Map<string, Uint8Array>()
  return (value) => {
    const remembered = known.get(value)
    if (remembered !== undefined) return remembered
    const der = parse(value)
    if (der === undefined) return undefined
    if (known.size >= rememberedMax) known.clear()
    known.set(value, der)
    return der
  }
}

const BYTE_SEQUENCE = /^ *:([A-Za-z0-9+/]+={0,2}): *$/
const ESCAPED = /^(?:[\w.~-]|%[0-9A-Fa-f]{2})+$/
const PEM =
  /^-----BEGIN CERTIFICATE-----\r?\n((?:[A-Za-z0-9+/=]{1,76}\r?\n)+)-----END CERTIFICATE-----(?:\r?\n)?$/
/** Base64, of which every character may be escaped, lines of 64, and what stands around them. */
const escapedLengthMax = Math.ceil((clientCertificateBytesMax * 4) / 3) * 3 + 4_096

/** Octet by octet: what is no ASCII then is not in a PEM either. */
function unescaped(value: string): string {
  return value.replaceAll(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

function octetsIn(text: string): Uint8Array | undefined {
  if (!BASE64.test(text) || text.length > (clientCertificateBytesMax * 4) / 3) return undefined
  const unpadded = text.replace(/=+$/, '')
  if (unpadded.length % 4 === 1) return undefined
  const characters = atob(unpadded)
  // Padding may be missing, stray bits may not be set: a certificate has one text.
  if (btoa(characters).replace(/=+$/, '') !== unpadded) return undefined
  return Uint8Array.from(characters, (character) => character.charCodeAt(0))
}
