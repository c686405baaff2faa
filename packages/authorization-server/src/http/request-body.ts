/** The body of a request of `node:http`, read within its limit and as one chunk when it arrives as one. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestBodyBytesDrainedMax, requestBodyBytesMax } from '../limits.ts'
import { consumedBody } from './consumed-body.ts'
import type { RequestBody } from './endpoint.ts'

/**
 * Calls `done` once with the body, or with why there is none. An aborted request is never answered. A body that a
 * framework has read already is what that left of it.
 *
 * Of a body that is too large the rest is read and dropped, so that the sender gets to the answer; up to a point, and
 * beyond it the answer comes at once and nothing more is read.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  done: (body: RequestBody) => void,
): void {
  if (request.readableEnded) {
    done(consumedBody(request, (bytes) => bodyOf([bytes], bytes.length)))
    return
  }
  let chunks: Buffer[] = []
  let length = 0
  const isCoded = !isIdentity(request.headers['content-encoding'])
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= requestBodyBytesMax && !isCoded) chunks.push(chunk)
    else chunks = []
    if (length <= requestBodyBytesDrainedMax) return
    stopReading(request, response)
    done(tooLarge)
  })
  request.on('end', () => done(isCoded ? coded : bodyOf(chunks, length)))
  request.on('error', () => undefined)
}

/** Reads what is left of a request that was answered already, up to the same point. */
export function drain(request: IncomingMessage, response: ServerResponse): void {
  readBody(request, response, () => undefined)
}

/** Whether a body with this `Content-Encoding` is to be read as it is (RFC 9110 section 8.4). */
export function isIdentity(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity'
}

const tooLarge: RequestBody = { ok: false, violation: 'body_too_large' }
const coded: RequestBody = { ok: false, violation: 'content_coding_not_supported' }

/** What is still sent stays unread, and the connection ends with the answer. */
function stopReading(request: IncomingMessage, response: ServerResponse): void {
  request.removeAllListeners('data').removeAllListeners('end').pause()
  response.shouldKeepAlive = false
  if (response.writableFinished) request.socket.destroySoon()
}

function bodyOf(chunks: readonly Buffer[], length: number): RequestBody {
  if (length > requestBodyBytesMax) return tooLarge
  const [first] = chunks
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
  if (!isUtf8(bytes)) return { ok: false, violation: 'body_malformed' }
  return { ok: true, text: bytes.toString('utf8') }
}
