/** The `Retry-After` header of an issuer that cannot answer now (RFC 9110 section 10.2.3): seconds, or an HTTP date. */
import { retryAfterLengthMax, retryAfterSecondsMax } from './limits.ts'

/**
 * How many seconds the issuer wants us to wait, from 0 to five minutes; 0 when it says nothing that can be read.
 *
 * @param nowWallMs - Needed for dates, which mean what they say only as far as both clocks agree.
 */
export function retryAfterSeconds(headers: Headers, nowWallMs: number): number {
  const value = headers.get('retry-after')
  if (value === null || value.length > retryAfterLengthMax) return 0
  const seconds = SECONDS.test(value) ? Number(value) : secondsUntil(value, nowWallMs)
  return Math.min(Math.max(0, seconds), retryAfterSecondsMax)
}

function secondsUntil(date: string, nowWallMs: number): number {
  const atWallMs = HTTP_DATE.test(date) ? Date.parse(date) : Number.NaN
  return Number.isNaN(atWallMs) ? 0 : (atWallMs - nowWallMs) / 1000
}

const SECONDS = /^\d+$/

/** The one form that is generated today; the two obsolete ones are not read. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
