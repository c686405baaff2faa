/**
 * An authorization server on a port: `node:http` with limits that a token endpoint needs, and a stop that loses no
 * request.
 */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { type Clock, guarded, type Observer, silent, systemClock } from '@mintmark/runtime'
import { bindServer } from './bind-server.ts'
import type { AuthorizationServer } from './create-authorization-server.ts'
import {
  createTlsServer,
  type FollowedServer,
  type TlsEvent,
  type TlsOptions,
} from './http/tls-server.ts'
import { answerUnreadable } from './http/unreadable-requests.ts'
import {
  connectionsCheckIntervalMs,
  gracefulStopMs,
  headersTimeoutMs,
  idleSweepIntervalMs,
  keepAliveTimeoutMs,
  requestHeaderBytesMax,
  requestTimeoutMs,
} from './limits.ts'

/** Where to listen, and what to serve there. */
export interface ListenOptions {
  /** Address or name to bind, such as `127.0.0.1` or `0.0.0.0`. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Makes the server once the port is known, so that the issuer may contain it. */
  readonly server: (origin: string) => Promise<AuthorizationServer>
  readonly clock?: Clock
  /** How long a connection is waited for. */
  readonly timeouts?: ConnectionTimeouts
  /** Certificate files for TLS, which are followed when they change. Default: none, for a proxy that ends TLS. */
  readonly tls?: TlsOptions
  /** Hears when the certificate is replaced, or cannot be. Its exceptions are dropped. */
  readonly observer?: Observer<TlsEvent>
}

/** How long a connection is waited for, each in milliseconds from 1 up. */
export interface ConnectionTimeouts {
  /** For the header section of a request. Default 10 s. */
  readonly headersMs?: number
  /** For a whole request. Default 20 s. */
  readonly requestMs?: number
  /** For the next request, and for the peer to take an answer. Default 65 s. */
  readonly idleMs?: number
}

/** An authorization server that listens. */
export interface RunningServer {
  /** `http://host:port` as bound, `https` with TLS. */
  readonly origin: string
  readonly server: AuthorizationServer
  /** Accepts nothing new, finishes what is under way (up to ten seconds), then closes the storage. */
  close(): Promise<void>
}

/**
 * Binds the port first, then makes the server and serves it.
 *
 * Rejects with `ListenError`, `TlsFilesError` or with what `server` rejects with; the port is free again then.
 */
export async function listen(options: ListenOptions): Promise<RunningServer> {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end()
  const timeouts = options.timeouts ?? {}
  const clock = options.clock ?? systemClock
  const { http, stopFollowing } = createHttp(options, clock, (request, response) =>
    listener(request, response),
  )
  // Their size is bounded; beyond a number of them, `node:http` would leave some out without a word.
  http.maxHeadersCount = 0
  // A peer that takes no answer is idle, too.
  http.setTimeout(timeouts.idleMs ?? keepAliveTimeoutMs)
  answerUnreadable(http)
  try {
    const origin = await bindServer(http, options)
    const server = await options.server(origin)
    listener = server.listener
    const stop = (): Promise<void> => {
      stopFollowing()
      return stopGracefully(http, server, clock)
    }
    return { origin, server, close: stop }
  } catch (error) {
    stopFollowing()
    http.close()
    throw error
  }
}

function createHttp(
  { tls, timeouts = {}, observer }: ListenOptions,
  clock: Clock,
  listener: RequestListener,
): FollowedServer {
  const options = serverOptions(timeouts)
  if (tls === undefined) {
    return { http: createServer(options, listener), stopFollowing: () => undefined }
  }
  const hears = observer === undefined ? silent : guarded(observer)
  return createTlsServer(tls, options, listener, { clock, observer: hears })
}

function serverOptions({ headersMs, requestMs, idleMs }: ConnectionTimeouts): ServerOptions {
  const shortestMs = Math.min(headersMs ?? headersTimeoutMs, requestMs ?? requestTimeoutMs)
  return {
    maxHeaderSize: requestHeaderBytesMax,
    headersTimeout: headersMs ?? headersTimeoutMs,
    requestTimeout: requestMs ?? requestTimeoutMs,
    connectionsCheckingInterval: Math.min(connectionsCheckIntervalMs, shortestMs),
    keepAliveTimeout: idleMs ?? keepAliveTimeoutMs,
    // `message-rules.ts` says so in our own words.
    requireHostHeader: false,
    noDelay: true,
  }
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
  server.beginStop()
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
