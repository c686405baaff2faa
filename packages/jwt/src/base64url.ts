/**
 * base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strict: every octet string
 * has exactly one text, and every other text is refused. A lenient decoder gives each token many
 * spellings that verify alike, and what is keyed on the text (revocation, replay, caches) can then
 * be side-stepped.
 */
import { decodePortably, encodePortably } from './portable-base64url.ts'

const hasBuffer = typeof globalThis.Buffer === 'function'

/** Octets that encode themselves (ECMAScript 2026): a third of the time a `Buffer` takes around them. */
interface EncodingOctets extends Uint8Array {
  toBase64(options: { readonly alphabet: 'base64url'; readonly omitPadding: true }): string
}

const encodesItself = 'toBase64' in Uint8Array.prototype
const AS_BASE64URL = { alphabet: 'base64url', omitPadding: true } as const

/** Encodes octets. The result has no padding. */
export const encodeBase64url: (bytes: Uint8Array) => string = encodesItself
  ? (bytes) => (bytes as EncodingOctets).toBase64(AS_BASE64URL)
  : hasBuffer
    ? encodeWithBuffer
    : encodePortably

/**
 * Decodes a text, or returns `undefined` for anything but the one canonical text of some octets:
 * padding, whitespace, `+` and `/`, a character outside the alphabet, an impossible length,
 * trailing bits that are not zero. The empty text is the canonical text of no octets.
 */
export const decodeBase64url: (text: string) => Uint8Array | undefined = hasBuffer
  ? decodeWithBuffer
  : decodePortably

/** Encodes the UTF-8 octets of `text`. */
export const encodeBase64urlText: (text: string) => string = hasBuffer
  ? (text) => Buffer.from(text, 'utf8').toString('base64url')
  : (text) => encodePortably(new TextEncoder().encode(text))

function encodeWithBuffer(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/**
 * `Buffer` skips what it does not understand. But what it writes is canonical, whatever the octets;
 * so a text that comes back unchanged was canonical, and one that was not cannot come back
 * unchanged.
 */
function decodeWithBuffer(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
