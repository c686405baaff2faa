/**
 * Keys in the form of WebCrypto, which those have that a platform keeps to itself. The engines of `@mintmark/jwt` start
 * from a JWK, so they cannot take them.
 */
import type { AlgorithmEntry } from '@mintmark/jwt'

/** What makes and uses such keys. */
export type NativeCrypto = typeof globalThis.crypto.subtle

/** WebCrypto's key; the platform types do not name it everywhere. */
export type NativeKey = Awaited<ReturnType<NativeCrypto['importKey']>>

/** What a key says that it is for. Which members there are depends on `name`. */
export interface NativeKeyAlgorithm {
  readonly name: string
  readonly namedCurve?: string
  readonly hash?: { readonly name: string }
}

/** Whether a key with that algorithm is one for `entry`. */
export function isForAlgorithm(
  { name, namedCurve, hash }: NativeKeyAlgorithm,
  { webKeyAlgorithm: wanted }: AlgorithmEntry,
): boolean {
  return wanted.name === name && wanted.namedCurve === namedCurve && wanted.hash === hash?.name
}

/** Signs the UTF-8 octets of a text with `key`, in the form of RFC 7518 section 3. */
export function nativeSigner(
  key: NativeKey,
  { webSignatureAlgorithm }: AlgorithmEntry,
): (signingInput: string) => Promise<Uint8Array> {
  const { subtle } = globalThis.crypto
  const encoder = new TextEncoder()
  return async (signingInput) =>
    new Uint8Array(await subtle.sign(webSignatureAlgorithm, key, encoder.encode(signingInput)))
}
