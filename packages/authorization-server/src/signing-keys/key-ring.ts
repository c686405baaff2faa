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
import { type SigningKeyRecord, StorageError, type StorageSession } from '../storage/storage.ts'
import { deriveKey, openSealedKey, sealKey } from './key-sealing.ts'

/** The keys of one issuer. */
export interface KeyRing {
  /** The key that signs with `algorithm` now: the newest one of that algorithm. */
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
): KeyRing {
  const sealingKey = deriveKey(masterKey, 'signing keys')
  const signing = new Map<SignatureAlgorithm, SigningKey>()
  const verification = new Map<string, VerificationKey>()
  const published: PublicJwk[] = []
  for (const { kid, algorithm, sealed } of records) {
    const privateJwk = openSealedKey(sealed, kid, algorithm, sealingKey)
    if (privateJwk === undefined) throw unopened(kid)
    const publicJwk = publicJwkOf({ ...privateJwk, kid, use: 'sig' })
    signing.set(algorithm, engine.importSigningKey(privateJwk, algorithm, kid))
    verification.set(kid, engine.importVerificationKey(publicJwk, algorithm))
    published.push(publicJwk)
  }
  return {
    signingKey: (algorithm) => signing.get(algorithm),
    verificationKey: (kid) => verification.get(kid),
    jwkSet: serialiseJwkSet(published),
  }
}

/** Makes, seals and stores a new key pair for `algorithm`. Resolves when it is durable. */
export async function createSigningKey(
  algorithm: SignatureAlgorithm,
  session: StorageSession,
  engine: SynchronousSignatureEngine,
  world: { readonly clock: Clock; readonly random: RandomSource },
): Promise<void> {
  const privateJwk: PrivateJwk = engine.generateKey(algorithm)
  const kid = await jwkThumbprint(publicJwkOf(privateJwk), engine)
  const sealingKey = deriveKey(session.masterKey, 'signing keys')
  await session.insertSigningKey({
    kid,
    algorithm,
    sealed: sealKey(privateJwk, kid, algorithm, sealingKey, world.random),
    createdAtWallMs: world.clock.wallMs(),
  })
}

function unopened(kid: string): StorageError {
  return new StorageError(
    'storage_damaged',
    'master.key',
    `signing key ${kid} cannot be opened with this master key; restore the master.key that belongs to the database`,
  )
}
