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
  type RequestBody,
  severalHeaders,
} from './endpoint.ts'

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
    readBody(request, (body) => call(endpoint, endpointRequest(request, body), response))
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

function endpointRequest(request: IncomingMessage, body: RequestBody): EndpointRequest {
  return {
    method: request.method ?? '',
    authorization: authorizationOf(request),
    contentType: request.headers['content-type'],
    body,
  }
}

/** `headers` keeps only the first of several `Authorization` headers; the raw list knows better. */
function authorizationOf(request: IncomingMessage): EndpointRequest['authorization'] {
  const { authorization } = request.headers
  if (authorization === undefined) return undefined
  const { rawHeaders } = request
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count++
  }
  return count === 1 ? authorization : severalHeaders
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
