/** The `Retry-After` header (RFC 9110 section 10.2.3): seconds, or an HTTP date. */
import { retryAfterLengthMax, retryAfterMsMax } from './limits.ts'

/**
 * How long to wait, in milliseconds from 0 to an hour; `undefined` when there is no readable value.
 *
 * @param nowWallMs - Needed for dates, which mean what they say only as far as both clocks agree.
 */
export function parseRetryAfter(value: string | null, nowWallMs: number): number | undefined {
  if (value === null || value.length > retryAfterLengthMax) return undefined
  if (SECONDS.test(value)) return Math.min(Number(value) * 1000, retryAfterMsMax)
  const atWallMs = parseHttpDate(value)
  if (atWallMs === undefined) return undefined
  return Math.min(Math.max(0, atWallMs - nowWallMs), retryAfterMsMax)
}

/**
 * The instant of an HTTP date (RFC 9110 section 5.6.7) in milliseconds since 1970; `undefined` when
 * there is no readable value.
 */
export function parseHttpDate(value: string | null): number | undefined {
  if (value === null || value.length > retryAfterLengthMax || !HTTP_DATE.test(value)) {
    return undefined
  }
  const wallMs = Date.parse(value)
  return Number.isNaN(wallMs) ? undefined : wallMs
}

const SECONDS = /^\d+$/

/** The one form that is generated today; the two obsolete ones are not read. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
