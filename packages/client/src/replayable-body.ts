/**
 * Whether a request can be sent a second time. Decided from the kind of its body; nothing is read
 * or copied.
 */

/**
 * Tells whether `fetch(input, init)` can be called twice with the same effect.
 *
 * A body that is text, bytes, a `Blob`, `URLSearchParams` or `FormData` can be sent again; a stream
 * or an iterator cannot. A `Request` object can be sent again when it has no body: making it so for
 * the others would mean copying every body for the rare case. Does not notice bytes that are
 * changed between the two.
 */
export function isReplayable(
  input: string | URL | Request,
  init: RequestInit | undefined,
): boolean {
  const body: unknown = init?.body ?? undefined
  if (body === undefined) return !(input instanceof Request) || input.body === null
  return isReplayableBody(body)
}

/** The same of a body alone, as libraries take them. None at all can be sent again, too. */
export function isReplayableBody(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string') return true
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return true
  return body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData
}
