/**
 * Every character that UTF-8 can express, by number, so that a property can draw any of them. A table of all of them,
 * as `unit: 'binary'` of fast-check has fc.string make, costs each process more time than most of its tests together.
 */
const SURROGATES_FIRST = 0xd800
const SURROGATES_COUNT = 0x800
const CODE_POINT_LAST = 0x10ffff

/**
 * All Unicode scalar values in their order, for `fc.nat(characters.last).map(characters.at, characters.numberOf)`,
 * which can shrink and can tell which texts it could have made.
 */
export const characters = {
  last: CODE_POINT_LAST - SURROGATES_COUNT,
  /** The character with a number, from 0 to `last`. */
  at(number: number): string {
    const isBelow = number < SURROGATES_FIRST
    return String.fromCodePoint(isBelow ? number : number + SURROGATES_COUNT)
  },
  /** The number of a character. Throws TypeError for what is not one character, which fast-check may ask for. */
  numberOf(character: unknown): number {
    const code = typeof character === 'string' ? character.codePointAt(0) : undefined
    if (code === undefined || character !== String.fromCodePoint(code)) {
      throw new TypeError('not one character')
    }
    if (code < SURROGATES_FIRST) return code
    if (code < SURROGATES_FIRST + SURROGATES_COUNT) throw new TypeError('half a character')
    return code - SURROGATES_COUNT
  },
} as const
