/**
 * Randomness as a port with one primitive, and what is derived from it. Every jitter, nonce and identifier in
 * Mintmark comes from here, so that a seeded source makes a whole run repeatable.
 */

/** A source of random bytes. */
export interface RandomSource {
  /** `length` fresh bytes; for the system source cryptographically strong. `length` is 0 to 65536. */
  bytes(length: number): Uint8Array
}

/** A number drawn uniformly from [0, 1), with 48 bits of it random. */
export function uniform(random: RandomSource): number {
  let value = 0
  for (const byte of random.bytes(6)) value = value * 256 + byte
  return value / 2 ** 48
}

const UNIFORM_BYTES = 6
const UNIFORMS_PER_DRAW = 128

/**
 * Returns a function that draws as {@link uniform} does, out of blocks of bytes: one call into the system's generator
 * costs as much as a hundred numbers. For what is drawn with every request, and needs no secrecy.
 */
export function createUniformSource(random: RandomSource): () => number {
  let block = new Uint8Array(0)
  let offset = 0
  return () => {
    if (offset === block.length) {
      block = new Uint8Array(random.bytes(UNIFORM_BYTES * UNIFORMS_PER_DRAW))
      offset = 0
    }
    const end = offset + UNIFORM_BYTES
    let value = 0
    for (; offset < end; offset += 1) value = value * 256 + octet(block, offset)
    return value / 2 ** 48
  }
}

const IDENTIFIER_BYTES = 16
const IDENTIFIERS_PER_DRAW = 256
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Returns a function that makes 128-bit identifiers of 22 base64url characters (`jti`, flight ids).
 *
 * Bytes are drawn in blocks, because one call into the system's generator costs about as much as twenty
 * identifiers. The block stays in memory until used up: fine for identifiers, which are published anyway, and
 * not to be used for secrets.
 */
export function createIdentifierSource(random: RandomSource): () => string {
  let block = new Uint8Array(0)
  let offset = 0
  return () => {
    if (offset === block.length) {
      block = new Uint8Array(random.bytes(IDENTIFIER_BYTES * IDENTIFIERS_PER_DRAW))
      offset = 0
    }
    const start = offset
    offset += IDENTIFIER_BYTES
    return encodeIdentifier(block, start)
  }
}

/** base64url of the 16 bytes at `start`: five groups of three bytes, then one byte in two characters. */
function encodeIdentifier(bytes: Uint8Array, start: number): string {
  let text = ''
  const last = start + IDENTIFIER_BYTES - 1
  for (let at = start; at < last; at += 3) {
    const group = (octet(bytes, at) << 16) | (octet(bytes, at + 1) << 8) | octet(bytes, at + 2)
    text += letter(group >> 18) + letter(group >> 12) + letter(group >> 6) + letter(group)
  }
  const tail = octet(bytes, last)
  return text + letter(tail >> 2) + letter(tail << 4)
}

function octet(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function letter(bits: number): string {
  return ALPHABET[bits & 63] as string
}
