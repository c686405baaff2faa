/**
 * A real HTTP server on the loopback interface, for tests that need sockets. The one file of the test kit that
 * needs Node.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Responder } from './scripted-transport.ts'

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

/** Turns a responder into a listener. Where it throws, the connection is cut without an answer. */
export function responderListener(responder: Responder): RequestListener {
  return (incoming, outgoing) => {
    answer(responder, incoming, outgoing).catch(() => outgoing.destroy())
  }
}

async function answer(
  responder: Responder,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { method = 'GET', url = '/', headers, rawHeaders } = incoming
  const fields = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    fields.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  }
  const request = new Request(`http://${headers.host}${url}`, {
    ...{ method, headers: fields },
    body: chunks.length === 0 ? null : Buffer.concat(chunks),
  })
  const response = await responder(request)
  outgoing.writeHead(response.status, [...response.headers].flat())
  outgoing.end(new Uint8Array(await response.arrayBuffer()))
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
