/**
 * An authorization server on a port: `node:http` with limits that a token endpoint needs, and a stop that loses no
 * request.
 */
import { createServer, type RequestListener, type ServerOptions } from 'node:http'
import { type Clock, guarded, type Observer, silent, systemClock } from '@mintmark/runtime'
import { bindServer } from './bind-server.ts'
import type { AuthorizationServer } from './create-authorization-server.ts'
import { closeConnections, drain, type StopOptions } from './graceful-stop.ts'
import { trackExchanges } from './http/exchanges.ts'
import {
  createTlsServer,
  type FollowedServer,
  type TlsEvent,
  type TlsOptions,
} from './http/tls-server.ts'
import { answerUnreadable } from './http/unreadable-requests.ts'
import {
  connectionsCheckIntervalMs,
  headersTimeoutMs,
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
  /** Whether requests should be sent here: no longer once it stops, nor when its server is not ready. */
  ready(): boolean
  /**
   * Stops: drains if asked to, accepts nothing new, finishes what is under way (up to ten seconds), then closes the
   * storage. Further calls wait for the first.
   */
  close(options?: StopOptions): Promise<void>
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
  const exchanges = trackExchanges(http)
  answerUnreadable(http, exchanges)
  try {
    const origin = await bindServer(http, options)
    const server = await options.server(origin)
    listener = server.listener
    const stop = async (how: StopOptions): Promise<void> => {
      await drain(exchanges, clock, how)
      server.beginStop()
      await closeConnections(http, clock)
      stopFollowing()
      await server.close()
    }
    return { origin, server, ...stoppedOnce(() => server.ready(), stop) }
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

function stoppedOnce(
  isReady: () => boolean,
  stop: (how: StopOptions) => Promise<void>,
): Pick<RunningServer, 'ready' | 'close'> {
  let stopped: Promise<void> | undefined
  return {
    ready: () => stopped === undefined && isReady(),
    close(how = {}) {
      stopped ??= stop(how)
      return stopped
    },
  }
}
