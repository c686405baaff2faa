/**
 * base64url (RFC 4648 section 5, without padding) in plain JavaScript, for platforms without
 * `Buffer`. Callers use base64url.ts, which chooses.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const NOT_IN_ALPHABET = 0xff

const valueOfCharCode = new Uint8Array(128).fill(NOT_IN_ALPHABET)
for (let value = 0; value < ALPHABET.length; value += 1) {
  valueOfCharCode[ALPHABET.charCodeAt(value)] = value
}

/** Encodes octets; the result has no padding. */
export function encodePortably(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let bitCount = 0
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff
    bitCount += 8
    while (bitCount >= 6) {
      bitCount -= 6
      text += ALPHABET.charAt((bits >> bitCount) & 63)
    }
  }
  return bitCount === 0 ? text : text + ALPHABET.charAt((bits << (6 - bitCount)) & 63)
}

/** Decodes octets, or `undefined` for a text that {@link encodePortably} cannot have written. */
export function decodePortably(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let bitCount = 0
  for (let at = 0; at < text.length; at += 1) {
    const value = valueOfCharCode[text.charCodeAt(at)] ?? NOT_IN_ALPHABET
    if (value === NOT_IN_ALPHABET) return undefined
    bits = ((bits << 6) | value) & 0xffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[length] = bits >> bitCount
      length += 1
    }
  }
  // Six bits left over are a character that carries no octet. Fewer have to be zero: else several
  // texts would stand for the same octets.
  const leftOver = bits & ((1 << bitCount) - 1)
  return bitCount < 6 && leftOver === 0 ? bytes : undefined
}
