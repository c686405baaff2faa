/** How long an answer may be kept, by its own account (RFC 9111 section 4.2). */

/**
 * A directive's or header's number of seconds, at most eight digits; longer ones are beyond every
 * bound we have.
 */
const SECONDS = /^\d{1,8}$/

/**
 * The remaining freshness of an answer in seconds: `max-age` less `Age`, not below 0; 0 for
 * `no-store` and `no-cache`; `undefined` where the answer says nothing we can read. `Expires` and
 * `s-maxage` are not looked at.
 */
export function freshnessSeconds(headers: Headers): number | undefined {
  const directives = (headers.get('cache-control') ?? '')
    .split(',')
    .map((directive) => directive.trim().toLowerCase())
  if (directives.includes('no-store') || directives.includes('no-cache')) return 0
  const maxAge = directives.find((directive) => directive.startsWith('max-age='))
  const seconds = secondsIn(maxAge?.slice('max-age='.length).replaceAll('"', ''))
  if (seconds === undefined) return undefined
  return Math.max(0, seconds - (secondsIn(headers.get('age')?.trim()) ?? 0))
}

function secondsIn(text: string | undefined): number | undefined {
  return text !== undefined && SECONDS.test(text) ? Number(text) : undefined
}
