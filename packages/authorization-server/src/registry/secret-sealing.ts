/**
 * Encryption at rest of the client secrets that have to be known again: only those of `client_secret_jwt`, whose
 * signature is made with the secret itself (RFC 7518 section 3.2). Every other secret is digested instead.
 *
 * Layout: version (1 byte), nonce (12), authentication tag (16), ciphertext. The client and the secret's id are
 * authenticated with it, so that a sealed secret opens nowhere but in its own row.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type ClientSecret, redact } from '@mintmark/protocol'
import type { RandomSource } from '@mintmark/runtime'
import { deriveKey } from '../signing-keys/key-sealing.ts'

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES

/** Where a sealed secret belongs. */
export interface SecretPlace {
  readonly clientId: string
  readonly secretId: string
}

/** Seals and opens client secrets. */
export interface SecretSealer {
  seal(secret: ClientSecret, place: SecretPlace): Uint8Array
  /** `undefined` when it was sealed for another place or under another master key, or is damaged. */
  open(sealed: Uint8Array, place: SecretPlace): ClientSecret | undefined
}

/** Makes the sealer of a storage. */
export function createSecretSealer(masterKey: Uint8Array, random: RandomSource): SecretSealer {
  const key = deriveKey(masterKey, 'sealed client secrets')
  return {
    seal(secret, place) {
      const nonce = random.bytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(place))
      const ciphertext = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext])
    },
    open(sealed, place) {
      if (sealed[0] !== VERSION || sealed.length <= HEADER_BYTES) return undefined
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(boundTo(place))
        .setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEADER_BYTES))
      try {
        const opened = [decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]
        return redact('client secret', Buffer.concat(opened).toString('utf8'))
      } catch {
        return undefined
      }
    },
  }
}

/** An identifier has no space in it, so no two places have the same text. */
function boundTo({ clientId, secretId }: SecretPlace): Buffer {
  return Buffer.from(`client-secret ${clientId} ${secretId}`, 'utf8')
}
