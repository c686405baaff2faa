/** Who is being answered: the last answer of each connection, for when the server has to act on it. */
import type { Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The exchanges of one server. */
export interface Exchanges {
  /**
   * The answer to the last request of a connection whose header section could be read; its request is `req`.
   * `undefined` before the first one.
   */
  lastOf(connection: Duplex): ServerResponse | undefined
  /**
   * From now on every answer is the last one of its connection and says so (`Connection: close`, RFC 9112 section 9.6),
   * except where its header section is on the way already.
   */
  endConnections(): void
}

/** Follows the exchanges of `http`, before any of its listeners sees a request. */
export function trackExchanges(http: Server): Exchanges {
  const last = new Map<Duplex, ServerResponse>()
  let areEnding = false
  http.prependListener('request', ({ socket }, response) => {
    if (areEnding) response.shouldKeepAlive = false
    if (!last.has(socket)) socket.once('close', () => last.delete(socket))
    last.set(socket, response)
  })
  return {
    lastOf: (connection) => last.get(connection),
    endConnections() {
      areEnding = true
      for (const response of last.values()) {
        if (!response.headersSent) response.shouldKeepAlive = false
      }
    },
  }
}
