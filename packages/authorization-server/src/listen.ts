/**
 * An authorization server on a port: `node:http` with limits that a token endpoint needs, and a stop that loses no
 * request.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import { type Clock, systemClock } from '@mintmark/runtime'
import { bindServer } from './bind-server.ts'
import type { AuthorizationServer } from './create-authorization-server.ts'
import {
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
}

/** An authorization server that listens. */
export interface RunningServer {
  /** `http://host:port` as bound. */
  readonly origin: string
  readonly server: AuthorizationServer
  /** Accepts nothing new, finishes what is under way (up to ten seconds), then closes the storage. */
  close(): Promise<void>
}

/**
 * Binds the port first, then makes the server and serves it.
 *
 * Rejects with `ListenError` or with what `server` rejects with; the port is free again then.
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
  const origin = await bindServer(http, options)
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
