/** base64url without padding (RFC 4648 section 5) on what every platform has: one text per octets, no other decodes. */

/** Pieces of this many octets become arguments of one call. */
const PIECE = 8_192

/** Encodes octets. */
export function encodeOctets(octets: Uint8Array): string {
  let characters = ''
  for (let at = 0; at < octets.length; at += PIECE) {
    characters += String.fromCharCode(...octets.subarray(at, at + PIECE))
  }
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Decodes a text; `undefined` for any that {@link encodeOctets} does not write. */
export function decodeOctets(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const octets = Uint8Array.from(characters, (character) => character.charCodeAt(0))
  return encodeOctets(octets) === text ? octets : undefined
}
