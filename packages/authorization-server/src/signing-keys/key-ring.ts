/**
 * The signing keys in memory: one that signs per algorithm, and all public ones for the JWK Set.
 *
 * Invariants
 *  (1) A key signs only after it is stored: a token never outlives the knowledge of its key.
 *  (2) The `kid` is the key's RFC 7638 thumbprint, so no two keys share one.
 *  (3) A private key exists unsealed only in memory.
 */
import {
  jwkThumbprint,
  type PrivateJwk,
  type PublicJwk,
  publicJwkOf,
  type SignatureAlgorithm,
  type SigningKey,
  type SynchronousSignatureEngine,
  serialiseJwkSet,
  type VerificationKey,
} from '@mintmark/jwt'
import type { Clock, RandomSource } from '@mintmark/runtime'
import type { SigningKeyRecord } from '../storage/records.ts'
import { StorageError } from '../storage/storage.ts'
import { deriveKey, openSealedKey, sealKey } from './key-sealing.ts'

/** The keys of one issuer. */
export interface KeyRing {
  /** The key that signs with `algorithm` now: of those activated by then the newest. */
  signingKey(algorithm: SignatureAlgorithm): SigningKey | undefined
  /** The key with that id, for judging our own tokens. */
  verificationKey(kid: string): VerificationKey | undefined
  /** The JWK Set document (RFC 7517 section 5) with every public key. */
  readonly jwkSet: string
}

/** Unseals the stored keys. Throws {@link StorageError} when one cannot be opened with this master key. */
export function openKeyRing(
  records: readonly SigningKeyRecord[],
  masterKey: Uint8Array,
  engine: SynchronousSignatureEngine,
  nowWallMs: number,
): KeyRing {
  const sealingKey = deriveKey(masterKey, 'signing keys')
  const signing = new Map<SignatureAlgorithm, SigningKey>()
  const verification = new Map<string, VerificationKey>()
  const published: PublicJwk[] = []
  const inOrder = records.toSorted((a, b) => a.activatesAtWallMs - b.activatesAtWallMs)
  for (const { kid, algorithm, sealed, activatesAtWallMs } of inOrder) {
    const privateJwk = openSealedKey(sealed, kid, algorithm, sealingKey)
    if (privateJwk === undefined) throw unopened(kid)
    const publicJwk = publicJwkOf({ ...privateJwk, kid, use: 'sig' })
    // The first one signs in any case: a clock that is behind is no reason to have no key.
    if (activatesAtWallMs <= nowWallMs || !signing.has(algorithm)) {
      signing.set(algorithm, engine.importSigningKey(privateJwk, algorithm, kid))
    }
    verification.set(kid, engine.importVerificationKey(publicJwk, algorithm))
    published.push(publicJwk)
  }
  return {
    signingKey: (algorithm) => signing.get(algorithm),
    verificationKey: (kid) => verification.get(kid),
    jwkSet: serialiseJwkSet(published),
  }
}

/** Makes and seals a new key pair for `algorithm`, which signs from the start. */
export function createSigningKey(
  algorithm: SignatureAlgorithm,
  masterKey: Uint8Array,
  engine: SynchronousSignatureEngine,
  world: { readonly clock: Clock; readonly random: RandomSource },
): SigningKeyRecord {
  const privateJwk: PrivateJwk = engine.generateKey(algorithm)
  const kid = jwkThumbprint(publicJwkOf(privateJwk), engine)
  const nowWallMs = world.clock.wallMs()
  return {
    kid,
    algorithm,
    sealed: sealKey(privateJwk, kid, algorithm, deriveKey(masterKey, 'signing keys'), world.random),
    signer: undefined,
    createdAtWallMs: nowWallMs,
    activatesAtWallMs: nowWallMs,
    retiresAtWallMs: undefined,
    compromisedAtWallMs: undefined,
  }
}

function unopened(kid: string): StorageError {
  return new StorageError(
    'storage_damaged',
    'master.key',
    `signing key ${kid} cannot be opened with this master key; restore the master.key that belongs to the database`,
  )
}
