/**
 * HTTP as a port: the signature of `fetch`, so that `fetch` itself, a wrapped one or a scripted one all fit.
 */

/** Sends one HTTP request. Same contract as the Fetch standard's `fetch`. */
export type Transport = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** A body as text, or why it is not read. */
export type BoundedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly violation: 'body_too_large' | 'not_utf8' }

/**
 * Reads a response body as UTF-8 text, giving up as soon as it exceeds `bytesMax`.
 *
 * The rest of an oversized body is cancelled, not read. A byte order mark is kept as text, so that a JSON parser
 * refuses it. Rejects only with what the stream itself rejects with (network errors, the request's abort).
 *
 * @param bytesMax - Bytes after content decoding; a `Content-Length` is not trusted.
 */
export async function readBoundedText(response: Response, bytesMax: number): Promise<BoundedText> {
  const chunks: Uint8Array[] = []
  let length = 0
  if (response.body !== null) {
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.byteLength
      if (length > bytesMax) {
        await cancelQuietly(reader)
        return { ok: false, violation: 'body_too_large' }
      }
      chunks.push(value)
    }
  }
  return decodeUtf8(chunks, length)
}

/**
 * Drops a response body that nobody will read, so that its connection can be used again.
 * Never rejects: a body that is locked or already broken is somebody else's to report.
 */
export async function discardBody(response: Response): Promise<void> {
  if (response.body === null || response.body.locked) return
  await response.body.cancel().catch(() => undefined)
}

async function cancelQuietly(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  await reader.cancel().catch(() => undefined)
}

function decodeUtf8(chunks: readonly Uint8Array[], length: number): BoundedText {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  try {
    return {
      ok: true,
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    }
  } catch {
    return { ok: false, violation: 'not_utf8' }
  }
}
