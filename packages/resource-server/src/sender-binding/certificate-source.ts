/**
 * The certificate that the client of a request has shown: to this process, to the proxy before it (RFC 9440), or to
 * whatever the platform is.
 *
 * Invariants
 *  (1) The field of a proxy is believed from a trusted one only. From anybody else it is not looked at beyond noticing
 *      it: whoever can reach this process directly could write any certificate there, since certificates are public.
 *  (2) Of a trusted proxy only the field counts: the certificate of its connection is its own.
 *  (3) A connection is asked once, and a field read once as long as its text is remembered.
 *
 * Whether anybody vouches for the certificate does not matter to a token that is bound to it (RFC 8705 section 3): the
 * handshake has shown that the client has its key.
 */
import { clientAddressReader } from '@mintmark/limits'
import { type CertificateEncoding, createCertificateReader } from '@mintmark/protocol'
import type { Observer } from '@mintmark/runtime'
import type { GuardEvent } from '../events.ts'
import { fieldValues, type GuardedRequest, peerAddressOf } from '../guarded-request.ts'
import { certificatesRememberedMax } from '../limits.ts'

/** The octets (DER) of the certificate; `undefined` when none was shown. */
export type CertificateSource = (request: GuardedRequest) => Uint8Array | undefined

/** Where certificates come from when a proxy ends TLS. */
export interface ForwardedCertificateOptions {
  /** The field, usually `Client-Cert`. */
  readonly header: string
  /**
   * How the certificate is written in it: as RFC 9440 has it, whatever the field is called, or as a PEM that is
   * percent-encoded, which nginx has in `$ssl_client_escaped_cert`. Default `'rfc9440'`.
   */
  readonly encoding?: CertificateEncoding
  /**
   * Addresses and networks of the proxies, like `10.0.0.0/8`. They have to remove the field from the requests of
   * others: that is what trusting them means.
   */
  readonly trustedProxies: readonly string[]
}

/** A connection of TLS as `node:tls` has it, and what is made to look like it. */
interface TlsConnection {
  getPeerCertificate(): { readonly raw?: Uint8Array } | null
}

/** The certificate of the connection; `undefined` without TLS, and when none was shown. */
export function createConnectionCertificate(): CertificateSource {
  const known = new WeakMap<object, Uint8Array>()
  return ({ socket }) => {
    if (!isTlsConnection(socket)) return undefined
    const remembered = known.get(socket)
    if (remembered !== undefined) return remembered
    const raw = socket.getPeerCertificate()?.raw
    if (raw === undefined) return undefined
    const der = new Uint8Array(raw)
    known.set(socket, der)
    return der
  }
}

function isTlsConnection(socket: object | undefined): socket is TlsConnection {
  return typeof (socket as Partial<TlsConnection> | undefined)?.getPeerCertificate === 'function'
}

/**
 * The certificate that a trusted proxy passes on; of anybody else that of the connection.
 *
 * @throws TypeError for what is no address or network.
 */
export function createForwardedCertificate(
  { header, encoding = 'rfc9440', trustedProxies }: ForwardedCertificateOptions,
  observer: Observer<GuardEvent>,
): CertificateSource {
  const field = header.toLowerCase()
  const proxies = clientAddressReader({ trustedProxies })
  const ofConnection = createConnectionCertificate()
  const read = createCertificateReader(encoding, certificatesRememberedMax)
  return (request) => {
    const values = fieldValues(request, field)
    if (!proxies.isTrusted(peerAddressOf(request))) {
      if (values.length > 0) observer({ type: 'certificate_header_ignored' })
      return ofConnection(request)
    }
    const [value] = values
    if (value === undefined) return undefined
    const certificate = values.length === 1 ? read(value) : undefined
    if (certificate === undefined) observer({ type: 'certificate_header_unreadable' })
    return certificate
  }
}
