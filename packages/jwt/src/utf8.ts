/** Octets to text, strictly. */

// ignoreBOM keeps a byte order mark as a character, so that the JSON parser refuses it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes UTF-8, or returns `undefined` for octets that are not. A byte order mark is kept as text.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
