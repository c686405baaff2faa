/**
 * How long an API asks to wait before a request is sent again: with 429 or 503, and `Retry-After` (RFC 9110 section
 * 10.2.3), or with 429 and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), which `Retry-After` overrules.
 */
import { apiWaitMsLeast, rateLimitLengthMax, retryAfterMsMax } from '../limits.ts'
import { parseRetryAfter } from '../retry-after.ts'

/** The wait in milliseconds, 100 to 3,600,000; `undefined` where nothing is asked for, or nothing that can be read. */
export function askedWaitMs(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  nowWallMs: number,
): number | undefined {
  if (status !== 429 && status !== 503) return undefined
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), nowWallMs)
  const waitMs =
    retryAfterMs ?? (status === 429 ? exhaustedMs(headers.get('ratelimit')) : undefined)
  return waitMs === undefined ? undefined : Math.max(waitMs, apiWaitMsLeast)
}

/** The longest `t` of those limits that have nothing left, or not enough. One that cannot be read spoils them all. */
function exhaustedMs(value: string | null): number | undefined {
  if (value === null || value.length > rateLimitLengthMax) return undefined
  const items = value.split(/ *, */).map((item) => ITEM.exec(item))
  const waits = items.map((found) => (found === null ? Number.NaN : Number(found[1] ?? 0) * 1_000))
  const longestMs = Math.max(...waits)
  return longestMs > 0 ? Math.min(longestMs, retryAfterMsMax) : undefined
}

/** Of a refusal: `t` is there for the policies that refused (`"partner";r=0;t=12`). */
const ITEM =
  /^"[\x20-\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+";r=\d{1,15}(?:;t=(\d{1,10}))?(?:;[a-z]+=[^;,]*)*$/
