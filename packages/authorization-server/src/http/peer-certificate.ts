/** The certificate that the other end of a TLS connection has shown (RFC 8705 section 2). */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { PeerCertificate } from './endpoint.ts'

/** The certificate of the connection's other end; `undefined` without TLS, and when none was shown. */
export function certificateOf(socket: Socket): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const known = remembered.get(socket)
  if (known !== undefined) return known
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return undefined
  const read = { der: new Uint8Array(certificate.raw), isTrusted: socket.authorized }
  remembered.set(socket, read)
  return read
}

/** A connection shows one certificate, in its handshake; what is found out about it is kept with its octets. */
const remembered = new WeakMap<TLSSocket, PeerCertificate>()
