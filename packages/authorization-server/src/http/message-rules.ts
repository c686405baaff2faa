/**
 * What HTTP/1.1 itself asks of a request and `node:http` leaves to the application (RFC 9112 sections 3.2 and 6.1).
 */
import type { IncomingMessage } from 'node:http'
import { malformedMessage, transferCodingUnknown } from '../respond.ts'
import type { EndpointResponse } from './endpoint.ts'

/**
 * The answer to a message that is not to be understood, whatever it asks for: of another version of HTTP, without a
 * `Host` or with several, with one that is no host, with a transfer coding other than chunked, or chunked in HTTP/1.0.
 * `undefined` for an ordinary one.
 *
 * Lengths, line ends and names were judged by `node:http` before. Requests of `node:http2` have none of these faults.
 */
export function messageFault(request: IncomingMessage): EndpointResponse | undefined {
  const { headers, httpVersion } = request
  const { host, 'transfer-encoding': coding } = headers
  if (headers[':method'] !== undefined) return undefined
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return malformedMessage
  const hosts = headerCount(request.rawHeaders, 'host')
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return malformedMessage
  if (host !== undefined && !HOST.test(host)) return malformedMessage
  return coding === undefined ? undefined : codingFault(coding.toLowerCase(), httpVersion)
}

/** Without chunked at the end, nobody can tell where the body ends. */
function codingFault(coding: string, httpVersion: string): EndpointResponse | undefined {
  if (httpVersion === '1.0' || !/(?:^|[, \t])chunked$/.test(coding)) return malformedMessage
  return coding === 'chunked' ? undefined : transferCodingUnknown
}

/** RFC 3986 section 3.2: a name or an address, and maybe a port. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i

/** How many headers of that name, in small letters, there are: `headers` keeps only the first of most. */
export function headerCount(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const other = rawHeaders[at] as string
    if (other.length === name.length && other.toLowerCase() === name) count += 1
  }
  return count
}

/**
 * The path and query of a request target; also of one in absolute form, which every server has to accept (RFC 9112
 * section 3.2.2). Gives other forms back as they are: no endpoint has such a path.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  return ABSOLUTE_FORM.exec(target)?.[1] ?? target
}

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]+(\/[^#]*)$/i
