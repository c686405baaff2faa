/**
 * Randomness that repeats: the `RandomSource` port of `@mintmark/runtime` on a generator with a seed
 * (xoshiro128**, seeded through splitmix32, so that neighbouring seeds give unrelated streams).
 */
import { invariant, type RandomSource } from '@mintmark/runtime'
import { randomBytesPerDrawMax } from './limits.ts'

/**
 * Makes a source whose bytes depend on `seed` and on nothing else: how the bytes are cut into draws does not matter.
 *
 * @param seed - An integer from 0 to 2^32-1. Anything else is an `InvariantViolation`, because two such seeds would
 *   silently give the same stream.
 *
 * Predictable on purpose: never a source of secrets.
 */
export function seededRandom(seed: number): RandomSource {
  invariant(seed >>> 0 === seed, 'a seed is an integer from 0 to 2^32-1')
  const nextWord = xoshiro128(splitmix32(seed))
  return {
    bytes(length: number): Uint8Array {
      invariant(
        Number.isInteger(length) && length >= 0 && length <= randomBytesPerDrawMax,
        'a draw asks for 0 to 65536 bytes',
      )
      // The high byte of each word: the low bits of this generator are its weakest.
      return Uint8Array.from({ length }, () => nextWord() >>> 24)
    },
  }
}

function splitmix32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    const mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    const again = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (again ^ (again >>> 15)) >>> 0
  }
}

function xoshiro128(nextSeedWord: () => number): () => number {
  let a = nextSeedWord()
  let b = nextSeedWord()
  let c = nextSeedWord()
  let d = nextSeedWord()
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return result
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
