/**
 * The signing keys in memory: one that signs per algorithm, and all published ones for the JWK Set.
 *
 * Invariants
 *  (1) A key signs only after it is stored: a token never outlives the knowledge of its key.
 *  (2) The `kid` is the key's RFC 7638 thumbprint, so no two keys share one.
 *  (3) A private key exists unsealed only in memory, and only while its public half is published.
 *  (4) A ring is what holds at one instant and does not change; at `changesAtWallMs` the next one takes its place.
 *  (5) A compromised key neither signs nor verifies.
 */
import {
  type PublicJwk,
  publicJwkOf,
  type SignatureAlgorithm,
  type SigningKey,
  type SynchronousSignatureEngine,
  serialiseJwkSet,
  type VerificationKey,
} from '@mintmark/jwt'
import type { SigningKeyRecord } from '../storage/records.ts'
import { StorageError } from '../storage/storage.ts'
import { ExternalKey } from './external-signatures.ts'
import type { ExternalSigner } from './external-signer.ts'
import { isPublished, keyPhases, nextSwitchWallMs } from './key-schedule.ts'
import { deriveKey, openPublicKey, openSealedKey } from './key-sealing.ts'

/** The keys of one issuer at one instant. */
export interface KeyRing {
  /** The key that signs with `algorithm`. */
  signingKey(algorithm: SignatureAlgorithm): SigningKey | undefined
  /** The published key with that id, for judging our own tokens. */
  verificationKey(kid: string): VerificationKey | undefined
  /** The JWK Set document (RFC 7517 section 5) with every published key. */
  readonly jwkSet: string
  /** When some key begins to sign or leaves the JWK Set; `undefined` when nothing is planned. */
  readonly changesAtWallMs: number | undefined
}

/** Makes the ring that holds at an instant. Throws {@link StorageError} when a key cannot be opened. */
export type KeyRingOpener = (records: readonly SigningKeyRecord[], nowWallMs: number) => KeyRing

interface OpenedKey {
  readonly signing: SigningKey
  readonly verification: VerificationKey
  readonly publicJwk: PublicJwk
}

/** Opens key rings, one after another, with one master key; a key is unsealed once for all of them. */
export function createKeyRingOpener(
  masterKey: Uint8Array,
  engine: SynchronousSignatureEngine,
  signers: readonly ExternalSigner[] = [],
): KeyRingOpener {
  const openings = { sealingKey: deriveKey(masterKey, 'signing keys'), engine, signers }
  let opened: ReadonlyMap<string, OpenedKey> = new Map()
  return (records, nowWallMs) => {
    const phases = keyPhases(records, nowWallMs)
    const published = phases.filter(({ state }) => isPublished(state))
    opened = new Map(
      published.map(({ key }) => [key.kid, opened.get(key.kid) ?? open(key, openings)]),
    )
    const keys = opened
    const active = new Map(
      phases
        .filter(({ state }) => state === 'active')
        .map(({ key }) => [key.algorithm, keys.get(key.kid)?.signing]),
    )
    return {
      signingKey: (algorithm) => active.get(algorithm),
      verificationKey: (kid) => keys.get(kid)?.verification,
      jwkSet: serialiseJwkSet([...keys.values()].map(({ publicJwk }) => publicJwk)),
      changesAtWallMs: nextSwitchWallMs(phases, nowWallMs),
    }
  }
}

interface Openings {
  readonly sealingKey: Uint8Array
  readonly engine: SynchronousSignatureEngine
  readonly signers: readonly ExternalSigner[]
}

function open(record: SigningKeyRecord, openings: Openings): OpenedKey {
  if (record.signer !== undefined) return openExternal(record, record.signer, openings)
  const { kid, algorithm, sealed } = record
  const { sealingKey, engine } = openings
  const privateJwk = openSealedKey(sealed, kid, algorithm, sealingKey)
  if (privateJwk === undefined) throw unopened(kid)
  const publicJwk = publicJwkOf({ ...privateJwk, kid, use: 'sig' })
  return {
    signing: engine.importSigningKey(privateJwk, algorithm, kid),
    verification: engine.importVerificationKey(publicJwk, algorithm),
    publicJwk,
  }
}

/** A signer that this node was not told of can still be verified, and published. */
function openExternal(
  { kid, algorithm, sealed }: SigningKeyRecord,
  name: string,
  { sealingKey, engine, signers }: Openings,
): OpenedKey {
  const found = openPublicKey(sealed, kid, algorithm, sealingKey)
  if (found === undefined) throw unopened(kid)
  const publicJwk = publicJwkOf({ ...found, kid, use: 'sig', alg: algorithm })
  const verification = engine.importVerificationKey(publicJwk, algorithm)
  const signer = signers.find((one) => one.name === name)
  const signing = { alg: algorithm, kid, native: new ExternalKey(signer, verification) }
  return { signing, verification, publicJwk }
}

function unopened(kid: string): StorageError {
  return new StorageError(
    'storage_damaged',
    'master.key',
    `signing key ${kid} cannot be opened with this master key; restore the master.key that belongs to the database`,
  )
}
