/**
 * The endpoints on `node:http`: reads a request's body within its limit, as one chunk when it arrives as one, and
 * writes the answer with one call.
 */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestBodyBytesMax } from '../limits.ts'
import { notFound, serverError } from '../respond.ts'
import type { Router } from '../routes.ts'
import {
  type Endpoint,
  type EndpointRequest,
  type EndpointResponse,
  type HeaderValue,
  type PeerCertificate,
  type RequestBody,
  severalHeaders,
} from './endpoint.ts'
import { certificateOf } from './peer-certificate.ts'

/** Answers a request of `node:http`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void

/** Makes a listener for `http.createServer`. It answers every request, also those for paths that are not ours. */
export function createNodeListener(route: Router): NodeListener {
  return (request, response) => {
    const endpoint = route(request.url ?? '')
    if (endpoint === undefined) {
      request.resume()
      write(response, notFound)
      return
    }
    readBody(request, (body) => call(endpoint, new NodeRequest(request, body), response))
  }
}

/** A bug must not take the process down with it, nor leave the caller without an answer. */
function call(endpoint: Endpoint, request: EndpointRequest, response: ServerResponse): void {
  try {
    endpoint(request, (answer) => write(response, answer))
  } catch {
    write(response, serverError)
  }
}

/** A request of `node:http`; what is seldom asked for is looked up only then. */
class NodeRequest implements EndpointRequest {
  readonly method: string
  readonly authorization: HeaderValue
  readonly contentType: string | undefined
  readonly body: RequestBody
  readonly #message: IncomingMessage

  constructor(message: IncomingMessage, body: RequestBody) {
    this.method = message.method ?? ''
    this.authorization = singleHeader(message, 'authorization')
    this.contentType = message.headers['content-type']
    this.body = body
    this.#message = message
  }

  get target(): string {
    return this.#message.url ?? ''
  }

  get remoteAddress(): string | undefined {
    return this.#message.socket.remoteAddress
  }

  header(name: string): HeaderValue {
    return singleHeader(this.#message, name)
  }

  certificate(): PeerCertificate | undefined {
    return certificateOf(this.#message.socket)
  }
}

/** `headers` keeps the first of some headers and joins others; the raw list knows better. */
function singleHeader(message: IncomingMessage, name: string): HeaderValue {
  const value = message.headers[name]
  if (value === undefined) return undefined
  const { rawHeaders } = message
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at] as string
    if (raw.length === name.length && raw.toLowerCase() === name) count++
  }
  return count === 1 && typeof value === 'string' ? value : severalHeaders
}

/** Calls `done` once with the body, or with why there is none. An aborted request is never answered. */
function readBody(request: IncomingMessage, done: (body: RequestBody) => void): void {
  let chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= requestBodyBytesMax) chunks.push(chunk)
    else chunks = []
  })
  request.on('end', () => done(bodyOf(chunks, length)))
  request.on('error', () => undefined)
}

function bodyOf(chunks: readonly Buffer[], length: number): RequestBody {
  if (length > requestBodyBytesMax) return { ok: false, violation: 'body_too_large' }
  const [first] = chunks
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
  if (!isUtf8(bytes)) return { ok: false, violation: 'body_malformed' }
  return { ok: true, text: bytes.toString('utf8') }
}

/** Writes an answer. Once the peer is gone there is nobody to write to, and nothing to do about it. */
function write(response: ServerResponse, { status, headers, body }: EndpointResponse): void {
  if (response.headersSent) return
  response.writeHead(status, headers as string[])
  response.end(body)
}
