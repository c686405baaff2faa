/** Instants as operators read them: the exact time, and how far away it is. */

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** The largest instant that has a calendar date (ECMA-262 section 21.4.1.1), in seconds. */
const secondsMax = 8_640_000_000_000

/**
 * `2026-11-23T12:00:00Z` for seconds since 1970, fractions dropped; `undefined` beyond the
 * calendar.
 */
export function isoText(seconds: number): string | undefined {
  if (!(Math.abs(seconds) <= secondsMax)) return undefined
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}

/**
 * `in 14 minutes`, `3 hours ago`: in the largest unit of which there are two or more, rounded
 * towards now.
 */
export function distanceText(seconds: number, nowSeconds: number): string {
  const distance = Math.trunc(seconds - nowSeconds)
  if (distance === 0) return 'now'
  const size = Math.abs(distance)
  const [unit, length] = units.find(([, length]) => size >= 2 * length) ?? (['second', 1] as const)
  const count = Math.floor(size / length)
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`
  return distance > 0 ? `in ${words}` : `${words} ago`
}
