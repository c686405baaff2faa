/** Answers with a JSON body, as token endpoints, key sets and metadata documents are served. */

/**
 * Builds a `Response` of type `application/json`.
 *
 * @param body - A string is sent as it is, malformed or not; anything else is serialised.
 * @param init - Status (default 200) and further headers; a `content-type` given here replaces ours.
 */
export function jsonResponse(body: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Response(text, { ...init, headers })
}
