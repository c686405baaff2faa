/**
 * Encryption of private signing keys at rest: AES-256-GCM under a key derived from the master key.
 *
 * Layout: version (1 byte), nonce (12), authentication tag (16), ciphertext of the private JWK as JSON.
 * The key id and algorithm are authenticated with it, so a sealed key cannot be put under another row's name.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { PrivateJwk, PublicJwk, SignatureAlgorithm } from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES

/** Derives the 32-byte key for one purpose from the master key (HKDF-SHA-256, RFC 5869). */
export function deriveKey(masterKey: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(
    hkdfSync('sha256', masterKey, new Uint8Array(0), `mintmark ${purpose} v1`, 32),
  )
}

/** Seals `jwk` so that only {@link openSealedKey} with the same key, `kid` and `algorithm` gives it back. */
export function sealKey(
  jwk: PrivateJwk,
  kid: string,
  algorithm: SignatureAlgorithm,
  sealingKey: Uint8Array,
  random: RandomSource,
): Uint8Array {
  return seal(jwk, kid, algorithm, sealingKey, random)
}

function seal(
  jwk: PrivateJwk | PublicJwk,
  kid: string,
  algorithm: SignatureAlgorithm,
  sealingKey: Uint8Array,
  random: RandomSource,
): Uint8Array {
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce).setAAD(boundTo(kid, algorithm))
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(jwk), 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext])
}

/** Seals the public half of a key that is kept elsewhere: so that no other can be put in its place. */
export function sealPublicKey(
  jwk: PublicJwk,
  kid: string,
  algorithm: SignatureAlgorithm,
  sealingKey: Uint8Array,
  random: RandomSource,
): Uint8Array {
  return seal(jwk, kid, algorithm, sealingKey, random)
}

/** Opens what {@link sealPublicKey} sealed. */
export function openPublicKey(
  sealed: Uint8Array,
  kid: string,
  algorithm: SignatureAlgorithm,
  sealingKey: Uint8Array,
): PublicJwk | undefined {
  return open(sealed, kid, algorithm, sealingKey) as PublicJwk | undefined
}

/** Opens a sealed key; `undefined` when it was made with another master key, for another row, or is damaged. */
export function openSealedKey(
  sealed: Uint8Array,
  kid: string,
  algorithm: SignatureAlgorithm,
  sealingKey: Uint8Array,
): PrivateJwk | undefined {
  return open(sealed, kid, algorithm, sealingKey) as PrivateJwk | undefined
}

function open(
  sealed: Uint8Array,
  kid: string,
  algorithm: SignatureAlgorithm,
  sealingKey: Uint8Array,
): object | undefined {
  if (sealed[0] !== VERSION || sealed.length <= HEADER_BYTES) return undefined
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: TAG_BYTES })
    .setAAD(boundTo(kid, algorithm))
    .setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEADER_BYTES))
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()])
    return JSON.parse(plain.toString('utf8')) as object
  } catch {
    return undefined
  }
}

function boundTo(kid: string, algorithm: SignatureAlgorithm): Buffer {
  return Buffer.from(`signing-key ${algorithm} ${kid}`, 'utf8')
}
