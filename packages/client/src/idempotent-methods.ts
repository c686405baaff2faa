/** Methods of which doing it twice is doing it once (RFC 9110 section 9.2.2). */

/** In capitals, as they are sent. */
export const idempotentMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
])
