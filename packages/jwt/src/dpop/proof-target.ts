/** The `htu` of a DPoP proof (RFC 9449 section 4.2) as it is compared. */

/**
 * A URL without query and fragment, normalised by syntax and scheme (RFC 3986 sections 6.2.2 and 6.2.3, which RFC 9449
 * section 4.3 recommends); `undefined` for what is no `http` or `https` URL, or has user information. Normalised URLs
 * are compared as texts.
 */
export function normalisedTarget(text: string): string | undefined {
  if (!HTTP_URL.test(text) || !URL.canParse(text)) return undefined
  const { origin, pathname } = new URL(text)
  return origin + pathname.replace(/%[0-9A-Fa-f]{2}/g, normalisedTriplet)
}

/**
 * An authority without `@`, and the characters of RFC 3986 throughout: the platform's parser forgives others. But `|`
 * and `^` may stand behind the authority: clients that go by the URL standard send them as they are.
 */
const HTTP_URL = /^https?:\/\/[\w\-.~:[\]!$&'()*+,;=%]+(?:[/?#][\w\-.~:/?#[\]@!$&'()*+,;=%|^]*)?$/i

/** Of an unreserved character the character itself, of any other the digits in upper case. */
function normalisedTriplet(triplet: string): string {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
  return UNRESERVED.test(character) ? character : triplet.toUpperCase()
}

const UNRESERVED = /^[A-Za-z0-9\-._~]$/
