/**
 * An authorization server on a port: `node:http` with limits that a token endpoint needs, and a stop that loses no
 * request.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import { type Clock, systemClock } from '@mintmark/runtime'
import type { AuthorizationServer } from './create-authorization-server.ts'
import {
  gracefulStopMs,
  headersTimeoutMs,
  idleSweepIntervalMs,
  keepAliveTimeoutMs,
  requestHeaderBytesMax,
  requestTimeoutMs,
} from './limits.ts'
import { systemCodeOf } from './storage/sqlite/data-folder.ts'

/** Where to listen, and what to serve there. */
export interface ListenOptions {
  /** Address or name to bind, such as `127.0.0.1` or `0.0.0.0`. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Makes the server once the port is known, so that the issuer may contain it. */
  readonly server: (origin: string) => Promise<AuthorizationServer>
  readonly clock?: Clock
}

/** An authorization server that listens. */
export interface RunningServer {
  /** `http://host:port` as bound. */
  readonly origin: string
  readonly server: AuthorizationServer
  /** Accepts nothing new, finishes what is under way (up to ten seconds), then closes the storage. */
  close(): Promise<void>
}

/** The port cannot be had. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code: 'port_in_use' | 'permission_denied' | 'address_unavailable'
  readonly host: string
  readonly port: number

  constructor(code: ListenError['code'], host: string, port: number) {
    super(`${explanations[code]}: ${host} port ${port}`)
    this.code = code
    this.host = host
    this.port = port
  }
}

const explanations = {
  port_in_use: 'another program listens there already; choose another port or stop it',
  permission_denied: 'this account may not listen there; choose a port from 1024 up',
  address_unavailable: 'this machine has no such address; choose one of its own',
} as const

/**
 * Binds the port first, then makes the server and serves it.
 *
 * Rejects with {@link ListenError} or with what `server` rejects with; the port is free again then.
 */
export async function listen(options: ListenOptions): Promise<RunningServer> {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end()
  const http = createServer(
    {
      maxHeaderSize: requestHeaderBytesMax,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      noDelay: true,
    },
    (request, response) => listener(request, response),
  )
  await bind(http, options)
  const origin = originOf(http, options.host)
  try {
    const server = await options.server(origin)
    listener = server.listener
    const stop = () => stopGracefully(http, server, options.clock ?? systemClock)
    return { origin, server, close: stop }
  } catch (error) {
    http.close()
    throw error
  }
}

function bind(http: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => reject(listenError(error, host, port)))
    http.listen(port, host, resolve)
  })
}

function listenError(error: Error, host: string, port: number): ListenError {
  const code = systemCodeOf(error)
  if (code === 'EADDRINUSE') return new ListenError('port_in_use', host, port)
  if (code === 'EACCES') return new ListenError('permission_denied', host, port)
  return new ListenError('address_unavailable', host, port)
}

function originOf(http: Server, host: string): string {
  const address = http.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * Closing a server closes the connections that are idle then; one that answers its last request later would stay for
 * its whole keep-alive time. So idle ones are looked for until all are gone, and what still runs at the end is cut.
 */
async function stopGracefully(
  http: Server,
  server: AuthorizationServer,
  clock: Clock,
): Promise<void> {
  let sweep = clock.schedule(idleSweepIntervalMs, closeIdle)
  const cut = clock.schedule(gracefulStopMs, () => http.closeAllConnections())
  function closeIdle(): void {
    http.closeIdleConnections()
    sweep = clock.schedule(idleSweepIntervalMs, closeIdle)
  }
  await new Promise<void>((resolve) => http.close(() => resolve()))
  sweep.cancel()
  cut.cancel()
  await server.close()
}
