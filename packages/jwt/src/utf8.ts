/**
 * Octets to text, strictly, and without the exception in which the platform's decoder tells of octets that are no text:
 * that costs more than all other work on a worthless token, and whoever floods us with such tokens would choose it.
 */

// ignoreBOM keeps a byte order mark as a character, so that the JSON parser refuses it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Decodes UTF-8, or returns `undefined` for octets that are not. A byte order mark is kept as text.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? decoder.decode(bytes) : undefined
}

/** What the octets behind the first one of a character are. */
const CONTINUATION_MIN = 0x80
const CONTINUATION_MAX = 0xbf

/** On Node the platform's own, which looks at many octets at a time. */
const isUtf8: (bytes: Uint8Array) => boolean =
  globalThis.process?.getBuiltinModule?.('node:buffer')?.isUtf8 ?? isUtf8Portably

/** Tells whether octets are UTF-8, by the table of RFC 3629 section 4. */
export function isUtf8Portably(bytes: Uint8Array): boolean {
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at] as number
    if (first < 0x80) at += 1
    else {
      const length = sequenceLength(first, bytes[at + 1] ?? 0)
      if (length === 0) return false
      for (let next = at + 2; next < at + length; next += 1) {
        if (!isContinuation(bytes[next] ?? 0)) return false
      }
      at += length
    }
  }
  return true
}

function isContinuation(octet: number): boolean {
  return octet >= CONTINUATION_MIN && octet <= CONTINUATION_MAX
}

/** By the first two octets, which rule out overlong forms, surrogates and what is beyond U+10FFFF; 0 for none. */
function sequenceLength(first: number, second: number): 0 | 2 | 3 | 4 {
  const secondMin = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : CONTINUATION_MIN
  const secondMax = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : CONTINUATION_MAX
  if (first < 0xc2 || first > 0xf4 || second < secondMin || second > secondMax) return 0
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}
