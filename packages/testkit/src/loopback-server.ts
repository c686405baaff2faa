/**
 * A real HTTP server on the loopback interface, for tests that need sockets. The one file of the test kit that
 * needs Node.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A listening server and the way to end it. */
export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly origin: string
  /** Stops listening and cuts every connection, answered or not. Calling it again does nothing. */
  close(): Promise<void>
}

/**
 * Serves `listener` on a free port of 127.0.0.1. Rejects with the system's error when no port can be had.
 *
 * Whoever starts it closes it: an open server keeps the process alive.
 */
export function startLoopbackServer(listener: RequestListener): Promise<LoopbackServer> {
  const server = createServer(listener)
  return new Promise((resolve, fail) => {
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({ origin: `http://127.0.0.1:${port}`, close: () => close(server) })
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
