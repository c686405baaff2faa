/**
 * Reads HTTP/1.1 responses from one connection, as far as a load generator needs them: status and a body framed by
 * `Content-Length` (RFC 9112 section 6.2). One response is outstanding at a time.
 */

/** One complete response. */
export interface ReadResponse {
  readonly status: number
  readonly body: Buffer
}

const HEAD_END = Buffer.from('\r\n\r\n')
const CONTENT_LENGTH = /\r\ncontent-length: ?(\d+)\r?\n?/i

/** Puts chunks together until a response is complete. */
export class ResponseReader {
  #pending: Buffer | undefined

  /**
   * Takes the next bytes; gives the response that they complete, or `undefined` when more must come. The body may
   * share memory with `chunk`.
   *
   * Throws for a response without `Content-Length` and for bytes behind the response: nobody asked for them.
   */
  push(chunk: Buffer): ReadResponse | undefined {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk])
    const headLength = bytes.indexOf(HEAD_END)
    const end = headLength < 0 ? Number.POSITIVE_INFINITY : bodyEnd(bytes, headLength)
    if (bytes.length < end) {
      // The caller reuses the memory of its chunk.
      this.#pending = bytes === chunk ? Buffer.from(bytes) : bytes
      return undefined
    }
    if (bytes.length > end) throw new Error('more bytes came than one response has')
    this.#pending = undefined
    return { status: statusOf(bytes), body: bytes.subarray(headLength + HEAD_END.length) }
  }
}

function bodyEnd(bytes: Buffer, headLength: number): number {
  const head = bytes.toString('latin1', 0, headLength + 2)
  const length = CONTENT_LENGTH.exec(head)?.[1]
  if (length === undefined) throw new Error('a response without Content-Length')
  return headLength + HEAD_END.length + Number(length)
}

/** `HTTP/1.1 200`: three digits from the tenth character on. */
function statusOf(bytes: Buffer): number {
  return Number(bytes.toString('latin1', 9, 12))
}
