/** Keys as limiters look at them: bounded, and under a keyed hash, so that no key is kept and none can be aimed at. */
import type { RandomSource } from '@mintmark/runtime'
import { keyLengthMax } from './limits.ts'

/** The key of the hash: 64 bits, different in every process. */
export interface HashKey {
  readonly low: number
  readonly high: number
}

/** A key drawn from `random`. */
export function drawHashKey(random: RandomSource): HashKey {
  const bytes = random.bytes(8)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { low: view.getInt32(0, true), high: view.getInt32(4, true) }
}

/** `key`, or of one that is too long its beginning and its length. */
export function boundedKey(key: string): string {
  return key.length <= keyLengthMax ? key : `${key.slice(0, keyLengthMax)} ${key.length}`
}

const FINAL_ROUNDS = 4
const HIGH_BITS = 0x1f_ffff
const TWO_TO_32 = 4_294_967_296

/**
 * HalfSipHash-2-4 with 64 bits of output, of the UTF-16 octets of `text` in little-endian order; 53 bits of it as an
 * exact number, never 0.
 *
 * Whoever does not know the key cannot find two texts with the same hash but by chance: for a million of texts that is
 * one chance in 18,000 that any two of them meet.
 */
export function keyedHash({ low, high }: HashKey, text: string): number {
  const pairs = text.length >> 1
  let v0 = low
  let v1 = high ^ 0xee
  let v2 = 0x6c796765 ^ low
  let v3 = 0x74656462 ^ high
  let first = 0
  // The pairs of characters, what is left with the length, and the two halves of the output.
  for (let step = 0; step <= pairs + 2; step++) {
    let word = 0
    if (step < pairs) word = text.charCodeAt(2 * step) | (text.charCodeAt(2 * step + 1) << 16)
    else if (step === pairs) word = (text.length << 25) | lastOf(text)
    v3 ^= word
    for (let round = step <= pairs ? FINAL_ROUNDS / 2 : FINAL_ROUNDS; round > 0; round--) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    v0 ^= word
    if (step === pairs) v2 ^= 0xee
    if (step === pairs + 1) {
      first = (v1 ^ v3) >>> 0
      v1 ^= 0xdd
    }
  }
  return ((v1 ^ v3) & HIGH_BITS) * TWO_TO_32 + first || 1
}

/** The last character of a text of odd length. */
function lastOf(text: string): number {
  return text.length % 2 === 1 ? text.charCodeAt(text.length - 1) : 0
}
