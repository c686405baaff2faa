/**
 * Looks for a secret in what a program put out: logs, dumps, error messages, headers, files. A leak is rarely the
 * whole secret in plain sight, so every piece of it is looked for, in every form in which programs print bytes.
 */
import { invariant } from '@mintmark/runtime'
import { secretCharactersMin, secretFragmentCharacters } from './limits.ts'

interface Encoding {
  readonly name: string
  /** Brings the output into the spelling in which the forms are written. Default: as it is. */
  readonly normalise?: (output: string) => string
  /** How the bytes of a piece may appear inside a longer encoded text. */
  readonly forms: (piece: Uint8Array) => readonly string[]
}

const encodings: readonly Encoding[] = [
  { name: 'raw', forms: (piece) => [new TextDecoder().decode(piece)] },
  {
    name: 'JSON string',
    forms: (piece) => [JSON.stringify(new TextDecoder().decode(piece)).slice(1, -1)],
  },
  { name: 'base64', forms: base64Alignments },
  {
    name: 'base64url',
    forms: (piece) => base64Alignments(piece).map((form) => urlAlphabet(form)),
  },
  {
    name: 'hex',
    // Bytes are printed bare, as `61 62` (Node's Buffer) and as `61:62`.
    normalise: (output) => output.toLowerCase().replaceAll(/[\s:]/g, ''),
    forms: (piece) => [hexBytes(piece).join('')],
  },
  {
    name: 'byte list',
    // `[97,98]` from JSON, `[ 97, 98 ]` from an inspector, `{"0":97,"1":98}` from a serialised typed array.
    normalise: (output) => output.replaceAll(/"\d+":|\s/g, ''),
    forms: (piece) => [piece.join(',')],
  },
  {
    name: 'URL-encoded',
    normalise: lowerCaseTriplets,
    forms: percentForms,
  },
]

/**
 * Tells in which form `output` contains `secret`, or any twelve consecutive characters of it.
 *
 * @param secret - At least 8 characters, of which every run of 12 is unlikely in other text; generated secrets and
 *   tokens are. The header of a JWT is not: it is the same in every JWT.
 * @returns the form found first: `raw`, `JSON string`, `base64`, `base64url`, `hex`, `byte list`, `URL-encoded`;
 *   `undefined` when there is none. Never a part of the secret, so that the answer can be printed.
 *
 * Throws an `InvariantViolation` for a shorter secret. Does not look into compressed, encrypted or reversed text.
 */
export function findSecret(output: string, secret: string): string | undefined {
  invariant(secret.length >= secretCharactersMin, 'a secret to look for has 8 characters or more')
  const pieces = piecesOf(secret, secretFragmentCharacters, 1)
  // Every run of twelve contains one of these, in every form: most texts have none, and are done.
  const sixes = piecesOf(secret, secretFragmentCharacters / 2, secretFragmentCharacters / 2)
  return encodings.find(({ normalise, forms }) => {
    const text = normalise === undefined ? output : normalise(output)
    const isIn = (piece: Uint8Array) => forms(piece).some((form) => text.includes(form))
    return sixes.some(isIn) && pieces.some(isIn)
  })?.name
}

/**
 * Runs of so many characters as UTF-8, each so many characters after the one before; the whole secret when it is
 * shorter. Cut between code points.
 */
function piecesOf(secret: string, length: number, step: number): readonly Uint8Array[] {
  const characters = [...secret]
  const count = Math.max(1, Math.floor((characters.length - length) / step) + 1)
  return Array.from({ length: count }, (_, at) =>
    new TextEncoder().encode(characters.slice(at * step, at * step + length).join('')),
  )
}

/**
 * The base64 characters that depend on the piece alone, for each of the three places where it can begin within a
 * group of three bytes: the characters shared with the bytes before or after are left off.
 */
function base64Alignments(piece: Uint8Array): readonly string[] {
  return [0, 1, 2].map((before) => {
    const bytes = new Uint8Array(before + piece.length)
    bytes.set(piece, before)
    const first = Math.ceil((before * 8) / 6)
    const end = Math.floor((bytes.length * 8) / 6)
    return btoa(String.fromCharCode(...bytes)).slice(first, end)
  })
}

function urlAlphabet(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}

function hexBytes(piece: Uint8Array): readonly string[] {
  return Array.from(piece, (byte) => byte.toString(16).padStart(2, '0'))
}

/** As a URL component, as a form value (RFC 6749 appendix B) and with every byte escaped. */
function percentForms(piece: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(piece)
  const form = new URLSearchParams([['', text]]).toString().slice(1)
  const everyByte = hexBytes(piece).map((byte) => `%${byte}`)
  return [encodeURIComponent(text), form, everyByte.join('')].map(lowerCaseTriplets)
}

/** `%2F` and `%2f` are the same octet. */
function lowerCaseTriplets(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/gi, (triplet) => triplet.toLowerCase())
}
