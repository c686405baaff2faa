/** The key that proofs are signed with, ready for use (RFC 9449 section 4.2). */
import {
  encodeBase64urlText,
  type MaybePromise,
  type PrivateJwk,
  type PublicJwk,
  publicJwkOf,
  type SignatureAlgorithm,
  type SignatureEngine,
  type SigningKey,
} from '@mintmark/jwt'

/** A key ready to sign, and what it adds to every proof. */
export interface ProofKey {
  /** The protected header of every proof with this key, encoded. */
  readonly headerSegment: string
  readonly sign: (signingInput: string) => MaybePromise<Uint8Array>
}

/**
 * Imports `jwk`, or makes a key where there is none. Answers in place when the engine does.
 *
 * Throws (or rejects with) `KeyImportError` for a key whose halves do not belong together, or of a kind that the
 * platform lacks.
 */
export function makeProofKey(
  engine: SignatureEngine,
  algorithm: SignatureAlgorithm,
  jwk: PrivateJwk | undefined,
): MaybePromise<ProofKey> {
  const key = jwk ?? engine.generateKey(algorithm)
  return key instanceof Promise
    ? key.then((made) => importProofKey(engine, algorithm, made))
    : importProofKey(engine, algorithm, key)
}

/** The public half and nothing else, members in lexicographic order: what RFC 7638 section 3 hashes. */
export function canonicalPublicKey(key: PublicJwk): string {
  const { kid: _, alg: __, use: ___, ...material } = publicJwkOf(key)
  return JSON.stringify(material, Object.keys(material).sort())
}

/** The protected header of proofs with the key, encoded. Of a private key the public half is written, and no more. */
export function proofHeader(alg: SignatureAlgorithm, key: PublicJwk): string {
  const jwk: unknown = JSON.parse(canonicalPublicKey(key))
  return encodeBase64urlText(JSON.stringify({ typ: 'dpop+jwt', alg, jwk }))
}

function importProofKey(
  engine: SignatureEngine,
  alg: SignatureAlgorithm,
  jwk: PrivateJwk,
): MaybePromise<ProofKey> {
  const headerSegment = proofHeader(alg, jwk)
  const ready = (key: SigningKey): ProofKey => ({
    headerSegment,
    sign: (signingInput) => engine.sign(key, signingInput),
  })
  const imported = engine.importSigningKey(jwk, alg, 'dpop')
  return imported instanceof Promise ? imported.then(ready) : ready(imported)
}
