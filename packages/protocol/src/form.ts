/**
 * `application/x-www-form-urlencoded` (RFC 6749 appendix B), the body of every request to our
 * endpoints and the encoding inside Basic credentials.
 *
 * Strict where the WHATWG parser repairs: a percent sign starts a triplet, triplets decode to
 * UTF-8, and every other character is printable ASCII. A space written as itself is accepted,
 * because command-line tools send it.
 */
import { formLengthMax, parametersMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'

/** Why a text is not an acceptable form. */
export type FormViolation = 'form_too_long' | 'too_many_parameters' | 'malformed_encoding'

/** One name and value, decoded. */
export type FormPair = readonly [name: string, value: string]

/**
 * Parses a form into its pairs, in the order sent and with repetitions kept.
 *
 * Empty pieces (`a=1&&b=2`) are skipped; a piece without `=` is a name with an empty value. Refuses
 * more than 32 KiB of text, more than 64 pairs, and malformed encoding. Never throws. Does not
 * judge repeated or empty parameters.
 */
export function parseForm(text: string): Parsed<readonly FormPair[], FormViolation> {
  if (text.length > formLengthMax) return refused('form_too_long')
  if (!PRINTABLE.test(text)) return refused('malformed_encoding')
  const pairs: FormPair[] = []
  let start = 0
  while (start < text.length) {
    const ampersand = text.indexOf('&', start)
    const end = ampersand === -1 ? text.length : ampersand
    if (end > start) {
      if (pairs.length === parametersMax) return refused('too_many_parameters')
      const pair = decodePair(text.slice(start, end))
      if (pair === undefined) return refused('malformed_encoding')
      pairs.push(pair)
    }
    start = end + 1
  }
  return accepted(pairs)
}

/** Writes pairs as a form. Throws a `RangeError` where {@link formEncode} does. */
export function serialiseForm(pairs: Iterable<FormPair>): string {
  let text = ''
  for (const [name, value] of pairs) {
    if (text !== '') text += '&'
    text += `${formEncode(name)}=${formEncode(value)}`
  }
  return text
}

/**
 * Encodes one name or value for a form: letters, digits and `*-._` stay, a space becomes `+`, the
 * rest percent triplets of UTF-8. Throws a `RangeError` on an unpaired surrogate, which no UTF-8
 * can express.
 */
export function formEncode(text: string): string {
  if (UNRESERVED.test(text)) return text
  let encoded: string
  try {
    encoded = encodeURIComponent(text)
  } catch {
    throw new RangeError('a form cannot carry text with an unpaired surrogate')
  }
  return encoded.replace(LEFT_BY_URI_ENCODING, (character) =>
    character === '%20' ? '+' : `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * Decodes one name or value of a form: `+` is a space, triplets are UTF-8.
 *
 * Gives `undefined` for a percent sign without two hexadecimal digits, for invalid UTF-8, and for a
 * raw character that is not printable ASCII.
 */
export function formDecode(text: string): string | undefined {
  return PRINTABLE.test(text) ? decodePrintable(text) : undefined
}

const PRINTABLE = /^[\x20-\x7e]*$/
const UNRESERVED = /^[A-Za-z0-9*\-._]*$/

/** What `encodeURIComponent` does differently from a form. */
const LEFT_BY_URI_ENCODING = /%20|[!~'()]/g

function decodePair(piece: string): FormPair | undefined {
  const equals = piece.indexOf('=')
  const name = decodePrintable(equals === -1 ? piece : piece.slice(0, equals))
  const value = equals === -1 ? '' : decodePrintable(piece.slice(equals + 1))
  return name === undefined || value === undefined ? undefined : [name, value]
}

/**
 * `decodeURIComponent` is exactly as strict as we want, about triplets and about UTF-8, and costly:
 * so only when due.
 */
function decodePrintable(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}
