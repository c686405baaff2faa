/** A key pair of WebCrypto as the key for proofs: the private half need not be extractable. */
import {
  algorithmEntry,
  KeyImportError,
  parsePublicJwk,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import { type ProofKey, proofHeader } from './proof-key.ts'

type SubtleCrypto = typeof globalThis.crypto.subtle
type CryptoKey = Awaited<ReturnType<SubtleCrypto['importKey']>>

/** Both halves, as `crypto.subtle.generateKey` gives them. */
export interface CryptoKeyPair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** Tells whether `key` looks like a pair. */
export function isCryptoKeyPair(key: object): key is CryptoKeyPair {
  return 'privateKey' in key && 'publicKey' in key
}

/** The algorithm that a pair is for; `undefined` when it is none of ours or the key may not sign. */
export function algorithmOfPair({ privateKey }: CryptoKeyPair): SignatureAlgorithm | undefined {
  if (privateKey?.type !== 'private' || !privateKey.usages.includes('sign')) return undefined
  const { name, namedCurve, hash } = privateKey.algorithm as KeyAlgorithm
  return signatureAlgorithms.find((algorithm) => {
    const wanted = algorithmEntry(algorithm)?.webKeyAlgorithm
    return wanted?.name === name && wanted.namedCurve === namedCurve && wanted.hash === hash?.name
  })
}

/** Makes the pair ready. Rejects when the public half may not be exported, or is of another kind. */
export async function proofKeyOfPair(
  { privateKey, publicKey }: CryptoKeyPair,
  algorithm: SignatureAlgorithm,
): Promise<ProofKey> {
  const { subtle } = globalThis.crypto
  const exported: object = await subtle.exportKey('jwk', publicKey)
  const jwk = parsePublicJwk({ ...exported, alg: algorithm } as JsonObject)
  if (!jwk.ok) throw new KeyImportError(algorithm, undefined)
  const parameters = algorithmEntry(algorithm)?.webSignatureAlgorithm ?? algorithm
  const encoder = new TextEncoder()
  return {
    headerSegment: proofHeader(algorithm, jwk.value),
    sign: async (signingInput) =>
      new Uint8Array(await subtle.sign(parameters, privateKey, encoder.encode(signingInput))),
  }
}

interface KeyAlgorithm {
  readonly name: string
  readonly namedCurve?: string
  readonly hash?: { readonly name: string }
}
