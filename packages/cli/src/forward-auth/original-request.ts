/**
 * What the client asked the proxy for, as the proxy says: for proofs that name it (RFC 9449 section 4.2), and to refuse
 * a token in the query. It is never a reason to ask for less.
 *
 * Invariants
 *  (1) Fields are believed only from a trusted proxy, and only those of its family: the ones that nginx is configured
 *      to write in mode `nginx`, `X-Forwarded-Uri` and `X-Forwarded-Method` otherwise. A client that sends the others
 *      changes nothing.
 *  (2) The origin is ours by configuration, never from `Host` or `X-Forwarded-Host` (CVE-2026-3635).
 */
import { originalTargetLengthMax } from '../limits.ts'

/** Which proxy asks: nginx, which takes three statuses only, or one that passes on what it is answered. */
export type ForwardAuthMode = 'nginx' | 'generic'

/** A request as it came to the proxy. */
export interface OriginalRequest {
  readonly method: string
  /** Origin form: path and query. */
  readonly target: string
}

const FIELDS = {
  nginx: { method: 'x-original-method', target: 'x-original-uri' },
  generic: { method: 'x-forwarded-method', target: 'x-forwarded-uri' },
} as const

const METHOD = /^[A-Z-]{1,32}$/
const TARGET = /^\/[!-~]*$/

/**
 * What the fields of a trusted proxy say; `undefined` when they are absent or malformed.
 *
 * @param rawHeaders - Without repeated fields, see `request-violation.ts`.
 */
export function originalRequest(
  mode: ForwardAuthMode,
  rawHeaders: readonly string[],
): OriginalRequest | undefined {
  const { method, target } = FIELDS[mode]
  return wellFormed(fieldValue(rawHeaders, method), fieldValue(rawHeaders, target))
}

/** The same of a request whose target was in the path, and whose method is its own. */
export function wellFormed(
  method: string | undefined,
  target: string | undefined,
): OriginalRequest | undefined {
  if (method === undefined || target === undefined) return undefined
  if (target.length > originalTargetLengthMax) return undefined
  return METHOD.test(method) && TARGET.test(target) ? { method, target } : undefined
}

/** The value of the first field of that name. @param wanted - In lower case. */
export function fieldValue(rawHeaders: readonly string[], wanted: string): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === wanted) return rawHeaders[at + 1]
  }
  return undefined
}
