/**
 * Certificates that a proxy has seen and passes on (RFC 9440).
 *
 * Invariants
 *  (1) The field is believed from a trusted proxy only. From anybody else it is not looked at beyond noticing it:
 *      whoever can reach this server directly could write any certificate there, since certificates are public.
 *  (2) The proxy has to have verified the chain, and to remove the field from requests of others: that is what trusting
 *      it means.
 */
import { parseClientCertificate } from '@mintmark/protocol'
import type { Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../../events.ts'
import type { CallerAddresses } from '../../http/caller-address.ts'
import { type HeaderValue, type PeerCertificate, severalHeaders } from '../../http/endpoint.ts'
import { clientCertificatesRememberedMax } from '../../limits.ts'

/** Where certificates come from when a proxy ends TLS. */
export interface ClientCertificateOptions {
  /**
   * The field, usually `Client-Cert`: its value is what RFC 9440 section 2.2 defines, whatever its name. It is believed
   * from `trustedProxies`, who have to write or to remove it in every request.
   */
  readonly header: string
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
  { header }: ClientCertificateOptions,
  callers: Pick<CallerAddresses, 'isProxy'>,
  observer: Observer<AuthorizationServerEvent>,
): CertificateSource {
  const field = header.toLowerCase()
  const remembered = new Map<string, PeerCertificate>()

  function read(value: string): PeerCertificate | undefined {
    const known = remembered.get(value)
    if (known !== undefined) return known
    const der = parseClientCertificate(value)
    if (der === undefined) return undefined
    const certificate = { der, isTrusted: true }
    if (remembered.size >= clientCertificatesRememberedMax) remembered.clear()
    remembered.set(value, certificate)
    return certificate
  }

  return (request, own) => {
    const value = request.header(field)
    if (!callers.isProxy(request.remoteAddress)) {
      if (value !== undefined) observer({ type: 'certificate_header_ignored' })
      return own()
    }
    if (value === undefined) return undefined
    const certificate = value === severalHeaders ? undefined : read(value)
    if (certificate === undefined) observer({ type: 'certificate_header_unreadable' })
    return certificate
  }
}
