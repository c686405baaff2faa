/**
 * Makes text safe to show on a terminal. Claims, headers and configuration keys come from outside:
 * left alone, their control characters could move the cursor, hide lines or reorder what the
 * operator reads.
 */
import { shownLengthMax } from './limits.ts'

/**
 * Controls, format characters (bidirectional, zero width), line and paragraph separators, halves of
 * pairs.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/**
 * Returns `text` with every character that could act on a terminal written as `\uXXXX`, cut to
 * `lengthMax`.
 *
 * @param lengthMax - In UTF-16 units of the input, default 2000; a longer text ends in `…`.
 */
export function printable(text: string, lengthMax = shownLengthMax): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text
  return cut.replace(unsafe, escaped)
}

/** Serialises `document` as JSON on one line that is both exact and safe to show on a terminal. */
export function printableJson(document: unknown): string {
  return JSON.stringify(document).replace(unsafe, escaped)
}

/** Each UTF-16 unit apart, which is also how JSON writes a character outside the BMP. */
function escaped(character: string): string {
  let text = ''
  for (let at = 0; at < character.length; at += 1) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }
  return text
}
