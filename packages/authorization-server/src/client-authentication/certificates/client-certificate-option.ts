/** The option `clientCertificate`: what it may be, and what a field for certificates may not be called. */
import { certificateEncodings } from '@mintmark/protocol'
import type { ClientCertificateOptions } from './client-certificate-header.ts'

/**
 * Checks the option.
 *
 * @param trustedProxies - Those of the server: nobody else's field would be believed.
 *
 * Throws TypeError, naming the option, for anything else, and for a field without proxies.
 */
export function resolveClientCertificate(
  clientCertificate: ClientCertificateOptions | 'connection' | undefined,
  trustedProxies: readonly string[] = [],
): ClientCertificateOptions | 'connection' | undefined {
  if (clientCertificate === undefined || clientCertificate === 'connection') {
    return clientCertificate
  }
  const {
    header,
    encoding = 'rfc9440',
    ...others
  }: ClientCertificateOptions = Object(clientCertificate)
  const isField = typeof header === 'string' && FIELD_NAME.test(header)
  if (!isField || takenFields.has(header.toLowerCase()) || Object.keys(others).length > 0) {
    throw new TypeError(
      'option "clientCertificate" must be "connection", or have a header of its own such as "Client-Cert"',
    )
  }
  if (!certificateEncodings.includes(encoding)) {
    const names = certificateEncodings.join(', ')
    throw new TypeError(`option "clientCertificate" must have an encoding that is one of ${names}`)
  }
  if (trustedProxies.length > 0) return { header, encoding }
  throw new TypeError(
    'option "clientCertificate" with a header needs "trustedProxies": whoever may write it',
  )
}

/** A token of RFC 9110 section 5.6.2. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/
/** Fields that say something else already. */
const takenFields: ReadonlySet<string> = new Set([
  ...['authorization', 'dpop', 'content-type', 'content-length', 'content-encoding', 'accept'],
  ...['host', 'connection', 'transfer-encoding', 'x-forwarded-for', 'forwarded'],
])
