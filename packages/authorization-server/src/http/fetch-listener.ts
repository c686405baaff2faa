/** The endpoints as a Fetch standard handler, for embedding where requests are `Request` objects. */
import { readBoundedText } from '@mintmark/runtime'
import {
  type CertificateSource,
  connectionCertificate,
} from '../client-authentication/certificates/client-certificate-header.ts'
import { requestBodyBytesMax } from '../limits.ts'
import { notFound, serverError } from '../respond.ts'
import type { Router } from '../routes.ts'
import type { EndpointRequest, EndpointResponse, PeerCertificate, RequestBody } from './endpoint.ts'
import { isIdentity } from './request-body.ts'

/** What a `Request` does not know of the connection that it came over. */
export interface FetchConnection {
  /**
   * The address of the other end. Without it, requests are not limited by address, and a client that may ask from some
   * addresses only is refused.
   */
  readonly remoteAddress?: string | undefined
  /** The certificate that the other end has shown. Without it, nobody is authenticated by one. */
  readonly certificate?: PeerCertificate | undefined
}

/** Answers a `Request` with a `Response`. */
export type FetchListener = (request: Request, connection?: FetchConnection) => Promise<Response>

/**
 * Makes a handler that answers every request, also those for paths that are not ours. Rejects only when the request's
 * own body stream fails. Several `Authorization` headers arrive joined by a comma and are refused as malformed.
 */
export function createFetchListener(
  route: Router,
  certificateSource: CertificateSource = connectionCertificate,
): FetchListener {
  return async (request, connection = {}) => {
    const { pathname } = new URL(request.url)
    const endpoint = route(pathname)
    if (endpoint === undefined) return toResponse(notFound)
    const early = endpoint.withoutRoom?.()
    if (early !== undefined) return toResponse(early)
    const prepared = await endpointRequest(request, connection, certificateSource)
    const answer = await new Promise<EndpointResponse>((resolve) => {
      try {
        endpoint(prepared, resolve)
      } catch {
        resolve(serverError)
      }
    })
    return toResponse(answer)
  }
}

async function endpointRequest(
  request: Request,
  { remoteAddress, certificate }: FetchConnection,
  certificateSource: CertificateSource,
): Promise<EndpointRequest> {
  const { headers, method, url } = request
  const header = (name: string): string | undefined => headers.get(name) ?? undefined
  const { pathname, search } = new URL(url)
  return {
    method,
    target: pathname + search,
    authorization: header('authorization'),
    contentType: header('content-type'),
    body: await bodyOf(request),
    remoteAddress,
    header,
    headerLines: (name) => [header(name) ?? []].flat(),
    certificate: () => certificateSource({ remoteAddress, header }, () => certificate),
  }
}

async function bodyOf(request: Request): Promise<RequestBody> {
  if (request.bodyUsed) return { ok: false, violation: 'body_already_read' }
  if (!isIdentity(request.headers.get('content-encoding') ?? undefined)) {
    await request.body?.cancel()
    return { ok: false, violation: 'content_coding_not_supported' }
  }
  const read = await readBoundedText(new Response(request.body), requestBodyBytesMax)
  if (read.ok) return read
  return { ok: false, violation: read.violation === 'not_utf8' ? 'body_malformed' : read.violation }
}

function toResponse({ status, headers, body }: EndpointResponse): Response {
  const pairs = new Headers()
  for (let at = 0; at + 1 < headers.length; at += 2) {
    pairs.append(headers[at] as string, headers[at + 1] as string)
  }
  // Some statuses may have no body, not even an empty one.
  return new Response(body === '' ? null : body, { status, headers: pairs })
}
