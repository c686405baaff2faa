/**
 * The names under which a shared store keeps things: an HMAC-SHA-256 over what they stand for, so that a store shows
 * no issuer, client id, scope or credential, and nobody without the key can test a guess (requirement C9).
 */
import { encodeBase64url } from '@mintmark/jwt'
import type { NativeKey } from '../native-key.ts'

/** What kind of thing is named: the same text gives another name for each. */
export type NamedKind = 'entry' | 'circuit' | 'budget'

/** The name of `text`: 43 base64url characters, the same in every process with the same naming secret. */
export async function entryName(naming: NativeKey, kind: NamedKind, text: string): Promise<string> {
  // No kind contains the separator, so no pair of kind and text runs into another.
  const named = new TextEncoder().encode(`${kind}:${text}`)
  return encodeBase64url(new Uint8Array(await globalThis.crypto.subtle.sign('HMAC', naming, named)))
}
