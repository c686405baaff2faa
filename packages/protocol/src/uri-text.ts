/**
 * The alphabet of URIs (RFC 3986 section 2), checked before the platform's URL parser sees a text:
 * that parser repairs white space, backslashes and other characters, and a repaired text is not the
 * one that was compared.
 */

/**
 * Tells whether every character of `text` may occur in a URI, and there is at least one.
 *
 * Checks the alphabet only: not the order of the parts, and not that `%` starts a triplet.
 */
export function isUriText(text: string): boolean {
  return URI_ALPHABET.test(text)
}

const URI_ALPHABET = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/
