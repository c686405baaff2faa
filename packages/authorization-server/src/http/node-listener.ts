/** The endpoints on `node:http`: from its requests to ours, and each answer written with one call. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type CertificateSource,
  connectionCertificate,
} from '../client-authentication/certificates/client-certificate-header.ts'
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
import { headerCount, messageFault, originForm } from './message-rules.ts'
import { certificateOf } from './peer-certificate.ts'
import { drain, readBody } from './request-body.ts'

/**
 * Answers a request of `node:http`, or of a framework on top of it. With `next`, as such frameworks call what is
 * mounted in them, a request for a path that is not ours is left to whatever comes after.
 */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => void

/**
 * Makes a listener, for `http.createServer` or to be mounted. Without `next` it answers every request, also those for
 * paths that are not ours. Paths are those of the whole request, below whatever prefix it is mounted.
 */
export function createNodeListener(
  route: Router,
  certificateSource: CertificateSource = connectionCertificate,
): NodeListener {
  return (request, response, next) => {
    const target = next === undefined ? request.url : wholeTarget(request)
    const endpoint = route(originForm(target ?? ''))
    if (endpoint === undefined && next !== undefined) {
      next()
      return
    }
    const early = messageFault(request) ?? endpoint?.withoutRoom?.()
    if (endpoint === undefined || early !== undefined) {
      write(response, early ?? notFound)
      // What is small `node:http` reads and drops by itself, at less cost.
      if (!isSmall(request)) drain(request, response)
      return
    }
    readBody(request, response, (body) => {
      call(endpoint, new NodeRequest(request, body, certificateSource), response)
    })
  }
}

/** Frameworks cut the prefix of what is mounted off `url`, and keep the whole in `originalUrl`. */
function wholeTarget(request: IncomingMessage): string | undefined {
  const { originalUrl, url } = request as IncomingMessage & { readonly originalUrl?: unknown }
  return typeof originalUrl === 'string' ? originalUrl : url
}

function isSmall({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? Number.NaN) <= requestBodyBytesMax
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

  readonly #certificateSource: CertificateSource
  #certificate: PeerCertificate | undefined
  #isCertificateRead = false

  constructor(message: IncomingMessage, body: RequestBody, certificateSource: CertificateSource) {
    this.method = message.method ?? ''
    this.authorization = singleHeader(message, 'authorization')
    this.contentType = contentTypeOf(message)
    this.body = body
    this.#message = message
    this.#certificateSource = certificateSource
  }

  get target(): string {
    return originForm(wholeTarget(this.#message) ?? '')
  }

  get remoteAddress(): string | undefined {
    return this.#message.socket.remoteAddress
  }

  header(name: string): HeaderValue {
    return singleHeader(this.#message, name)
  }

  headerLines(name: string): readonly string[] {
    // That list is made of all headers, when it is first asked for.
    if (this.#message.headers[name] === undefined) return []
    return this.#message.headersDistinct[name] ?? []
  }

  certificate(): PeerCertificate | undefined {
    if (!this.#isCertificateRead) {
      this.#isCertificateRead = true
      const { socket } = this.#message
      this.#certificate = this.#certificateSource(this, () => certificateOf(socket))
    }
    return this.#certificate
  }
}

/** `headers` keeps the first of some headers and joins others; the raw list knows better. */
function singleHeader(message: IncomingMessage, name: string): HeaderValue {
  const value = message.headers[name]
  if (value === undefined) return undefined
  const count = headerCount(message.rawHeaders, name)
  return count === 1 && typeof value === 'string' ? value : severalHeaders
}

/** Several are joined as the Fetch standard joins them, which makes no media type. */
function contentTypeOf(message: IncomingMessage): string | undefined {
  const isOne = headerCount(message.rawHeaders, 'content-type') <= 1
  if (isOne) return message.headers['content-type']
  return message.headersDistinct['content-type']?.join(', ')
}

/** Writes an answer. Once the peer is gone there is nobody to write to, and nothing to do about it. */
function write(response: ServerResponse, { status, headers, body }: EndpointResponse): void {
  if (response.headersSent) return
  response.writeHead(status, headers as string[])
  response.end(body)
}
