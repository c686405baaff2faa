import { characters } from '@mintmark/testkit'
import fc from 'fast-check'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

/** Any sequence of UTF-16 code units, unpaired surrogates and control characters included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
)

/** Text made of the characters that grammars of the wire are about. */
export const syntaxText: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...'{}[]:,"\\/ \t\r\n=&%+-_.~!*a0fFuU\u0000\u007fé\ud83d\ufeff'),
})

/** `text` with one character removed, doubled or replaced. */
export function damaged(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(Math.max(0, text.length - 1)), fc.oneof(syntaxText, anyText))
    .map(([at, noise]) => text.slice(0, at) + noise + text.slice(at + 1))
}

/** Text that UTF-8 can express: no unpaired surrogates. */
export const unicodeText: fc.Arbitrary<string> = fc.string({ unit: anyCharacter })

/** A scope token (RFC 6749 section 3.3). */
export const scopeToken: fc.Arbitrary<string> = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0x7e })
    .map((code) => String.fromCharCode(code))
    .filter((character) => character !== '"' && character !== '\\'),
  minLength: 1,
  maxLength: 12,
})

/** A token of HTTP (RFC 9110 section 5.6.2). */
export const httpToken: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(..."!#$%&'*+-.^_`|~09azAZ"),
  minLength: 1,
  maxLength: 12,
})

/** Printable ASCII, quotes and backslashes included. */
export const printableText: fc.Arbitrary<string> = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})
