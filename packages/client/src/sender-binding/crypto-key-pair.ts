/** A key pair of WebCrypto as the key for proofs: the private half need not be extractable. */
import {
  algorithmEntry,
  KeyImportError,
  parsePublicJwk,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import { isForAlgorithm, type NativeKey, nativeSigner } from '../native-key.ts'
import { type ProofKey, proofHeader } from './proof-key.ts'

/** Both halves, as `crypto.subtle.generateKey` gives them. */
export interface CryptoKeyPair {
  readonly privateKey: NativeKey
  readonly publicKey: NativeKey
}

/** Tells whether `key` looks like a pair. */
export function isCryptoKeyPair(key: object): key is CryptoKeyPair {
  return 'privateKey' in key && 'publicKey' in key
}

/** The algorithm that a pair is for; `undefined` when it is none of ours or the key may not sign. */
export function algorithmOfPair({ privateKey }: CryptoKeyPair): SignatureAlgorithm | undefined {
  if (privateKey?.type !== 'private' || !privateKey.usages.includes('sign')) return undefined
  return signatureAlgorithms.find((algorithm) => {
    const entry = algorithmEntry(algorithm)
    return entry !== undefined && isForAlgorithm(privateKey.algorithm, entry)
  })
}

/** Makes the pair ready. Rejects when the public half may not be exported, or is of another kind. */
export async function proofKeyOfPair(
  { privateKey, publicKey }: CryptoKeyPair,
  algorithm: SignatureAlgorithm,
): Promise<ProofKey> {
  const exported: object = await globalThis.crypto.subtle.exportKey('jwk', publicKey)
  const jwk = parsePublicJwk({ ...exported, alg: algorithm } as JsonObject)
  const entry = algorithmEntry(algorithm)
  if (!jwk.ok || entry === undefined) throw new KeyImportError(algorithm, undefined)
  return {
    headerSegment: proofHeader(algorithm, jwk.value),
    sign: nativeSigner(privateKey, entry),
  }
}
