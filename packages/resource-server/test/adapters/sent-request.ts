/** Sends a request of the contract over a real connection. */
import { once } from 'node:events'
import { createServer, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ReceivedResponse, SentRequest, ServedApplication } from './served-application.ts'

/** Sends with `node:http`, because `fetch` joins two fields of one name into one. */
export async function sendRequest(origin: string, sent: SentRequest): Promise<ReceivedResponse> {
  const { method = 'GET', path = '/', headers = [], body = '', signal } = sent
  const fields = ['Host', new URL(origin).host, ...headers.flat()]
  if (body !== '') fields.push('Content-Length', String(Buffer.byteLength(body)))
  const options = { method, headers: fields, ...(signal !== undefined && { signal }) }
  const outgoing = request(`${origin}${path}`, options)
  outgoing.end(body)
  const [incoming] = await once(outgoing, 'response')
  return {
    status: incoming.statusCode ?? 0,
    statusText: incoming.statusMessage ?? '',
    headers: new Map(Object.entries(incoming.headers).map(([name, value]) => [name, `${value}`])),
    body: await text(incoming),
  }
}

/** Serves a listener on loopback; `failures` are the application's own list. */
export async function serveListener(
  listener: RequestListener,
  failures: readonly unknown[],
): Promise<ServedApplication> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    failures,
    send: (sent) => sendRequest(origin, sent),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
