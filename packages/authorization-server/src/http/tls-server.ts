/**
 * `node:https` with certificates from files, which may change while the server runs.
 *
 * Invariants
 *  (1) A certificate is replaced only by one that TLS can use with its key: what cannot be read or does not fit leaves
 *      the one in use, and is tried again.
 *  (2) A client certificate counts as trusted only by the authorities of `clientCaFile`: those that browsers trust
 *      certify everybody.
 *  (3) Connections are not cut by a replacement. Sessions from before it are not resumed: an authority that is gone
 *      must not live on in them.
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RequestListener, Server, ServerOptions } from 'node:http'
import { createServer, type Server as TlsServer } from 'node:https'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Clock, Observer, Scheduled } from '@mintmark/runtime'
import { certificatePollIntervalMs, tlsHandshakeTimeoutMs } from '../limits.ts'
import { systemCodeOf } from '../system-code.ts'

/** The certificate of a server, and what it wants to see of clients. Files are PEM. */
export interface TlsOptions {
  /** The certificate, followed by those between it and its authority. */
  readonly certFile: string
  /** Its private key. */
  readonly keyFile: string
  /** Authorities whose certificates clients may present (RFC 8705 section 2.1). Default: none. */
  readonly clientCaFile?: string
  /**
   * Whether clients are asked for a certificate. They need not have one. Default: whether there is a `clientCaFile`;
   * `true` without one is for `self_signed_tls_client_auth` and for tokens bound to certificates.
   */
  readonly requestClientCertificate?: boolean
}

/** What an observer of a TLS server hears. */
export type TlsEvent =
  | { readonly type: 'tls_certificate_replaced'; readonly validToWallMs: number }
  | { readonly type: 'tls_certificate_unusable' }

/** The certificate files cannot be used. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError'
  readonly code: 'tls_files_unreadable' | 'tls_files_unusable'
  /** The operating system's code, such as `ENOENT`, where there is one. */
  readonly systemCode: string | undefined

  constructor(code: TlsFilesError['code'], systemCode: string | undefined) {
    super(
      code === 'tls_files_unreadable'
        ? 'a certificate or key file cannot be read'
        : 'the certificate files are no PEM, or the key is not that of the certificate',
    )
    this.code = code
    this.systemCode = systemCode
  }
}

/** A server, and the way to stop looking at its files. */
export interface FollowedServer {
  readonly http: Server
  stopFollowing(): void
}

/** What looks after the files. */
export interface TlsWorld {
  readonly clock: Clock
  readonly observer: Observer<TlsEvent>
}

/** Makes the server. Throws {@link TlsFilesError} when its files cannot be used now. */
export function createTlsServer(
  tls: TlsOptions,
  options: ServerOptions,
  listener: RequestListener,
  { clock, observer }: TlsWorld,
): FollowedServer {
  let current = readFiles(tls)
  const requestCert = tls.requestClientCertificate ?? tls.clientCaFile !== undefined
  const http: TlsServer = createServer(
    {
      ...options,
      ...contextOf(current),
      requestCert,
      // Whether a certificate is good enough is up to the client's registration.
      rejectUnauthorized: false,
      handshakeTimeout: tlsHandshakeTimeoutMs,
    },
    listener,
  )
  let next: Scheduled
  function look(): void {
    next = clock.schedule(certificatePollIntervalMs, look)
    try {
      const found = readFiles(tls)
      if (isSame(found, current)) return
      http.setSecureContext(contextOf(found))
      current = found
      observer({ type: 'tls_certificate_replaced', validToWallMs: validTo(found) })
    } catch {
      observer({ type: 'tls_certificate_unusable' })
    }
  }
  next = clock.schedule(certificatePollIntervalMs, look)
  return { http, stopFollowing: () => next.cancel() }
}

interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly clientCa: string | undefined
}

/** Read and tried. */
function readFiles({ certFile, keyFile, clientCaFile }: TlsOptions): TlsFiles {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new TlsFilesError('tls_files_unreadable', systemCodeOf(error))
    }
  }
  const clientCa = clientCaFile === undefined ? undefined : read(clientCaFile)
  const files = { cert: read(certFile), key: read(keyFile), clientCa }
  try {
    createSecureContext(contextOf(files))
    new X509Certificate(files.cert)
  } catch {
    throw new TlsFilesError('tls_files_unusable', undefined)
  }
  return files
}

function contextOf({ cert, key, clientCa }: TlsFiles): SecureContextOptions {
  return {
    cert,
    key,
    // Left out, it would be what browsers trust. The own certificate is the authority of nobody else.
    ca: clientCa ?? cert,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: false,
  }
}

/** TLS 1.3, and of TLS 1.2 what has forward secrecy and authenticated encryption (RFC 9325 section 4.2). */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

function isSame(one: TlsFiles, other: TlsFiles): boolean {
  return one.cert === other.cert && one.key === other.key && one.clientCa === other.clientCa
}

function validTo({ cert }: TlsFiles): number {
  return new X509Certificate(cert).validToDate.getTime()
}
