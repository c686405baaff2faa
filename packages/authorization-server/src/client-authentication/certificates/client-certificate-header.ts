/**
 * Certificates that a proxy has seen and passes on: as RFC 9440 has it, or in the PEM of nginx.
 *
 * Invariants
 *  (1) The field is believed from a trusted proxy only. From anybody else it is not looked at beyond noticing it:
 *      whoever can reach this server directly could write any certificate there, since certificates are public.
 *  (2) The proxy has to have verified the chain, and to remove the field from requests of others: that is what trusting
 *      it means. It is so in either form: neither says whether anybody has looked at the chain.
 */
import { type CertificateEncoding, createCertificateReader } from '@mintmark/protocol'
import type { Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../../events.ts'
import type { CallerAddresses } from '../../http/caller-address.ts'
import { type HeaderValue, type PeerCertificate, severalHeaders } from '../../http/endpoint.ts'
import { clientCertificatesRememberedMax } from '../../limits.ts'

/** Where certificates come from when a proxy ends TLS. */
export interface ClientCertificateOptions {
  /**
   * The field, usually `Client-Cert`. It is believed from `trustedProxies`, who have to write or to remove it in every
   * request, and to have verified the chain: a client of the method `tls_client_auth` is known by the name in it. What
   * nginx has with `ssl_verify_client optional_no_ca` nobody has verified.
   */
  readonly header: string
  /**
   * How the certificate is written in it: as RFC 9440 section 2.2 has it, whatever the field is called, or as a PEM
   * that is percent-encoded, which nginx has in `$ssl_client_escaped_cert`. Default `'rfc9440'`.
   */
  readonly encoding?: CertificateEncoding
}

/** A request, as far as it matters here. */
export interface CertificateCarrier {
  readonly remoteAddress: string | undefined
  header(name: string): HeaderValue
}

/** The certificate of a request; `own` gives that of its connection. */
export type CertificateSource = (
  request: CertificateCarrier,
  own: () => PeerCertificate | undefined,
) => PeerCertificate | undefined

/** Without a proxy the certificate is that of the connection, and no field is looked at. */
export const connectionCertificate: CertificateSource = (_request, own) => own()

/**
 * Makes the source for a server behind proxies. Of a trusted one only the field counts, since the certificate of that
 * connection would be the proxy's own; of anybody else only the connection.
 */
export function proxiedCertificate(
  { header, encoding = 'rfc9440' }: ClientCertificateOptions,
  callers: Pick<CallerAddresses, 'isProxy'>,
  observer: Observer<AuthorizationServerEvent>,
): CertificateSource {
  const field = header.toLowerCase()
  const read = createCertificateReader(encoding, clientCertificatesRememberedMax)
  return (request, own) => {
    const value = request.header(field)
    if (!callers.isProxy(request.remoteAddress)) {
      if (value !== undefined) observer({ type: 'certificate_header_ignored' })
      return own()
    }
    if (value === undefined) return undefined
    const der = value === severalHeaders ? undefined : read(value)
    if (der !== undefined) return { der, isTrusted: true }
    observer({ type: 'certificate_header_unreadable' })
    return undefined
  }
}
