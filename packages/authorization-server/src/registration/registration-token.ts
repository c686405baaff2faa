/**
 * Registration access tokens (RFC 7592 section 3): a sealed name of one client of one creation, so that nothing has to
 * be stored, any node can judge it, and it is worth nothing for another client that gets the same id later.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { RandomSource } from '@mintmark/runtime'
import { deriveKey } from '../signing-keys/key-sealing.ts'

const PREFIX = 'mm_reg_'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** What a token names. */
export interface RegisteredIdentity {
  readonly clientId: string
  /** When that client was created: its id may be somebody else's later. */
  readonly createdAtWallMs: number
}

/** Makes and opens registration access tokens. */
export interface RegistrationTokens {
  issue(identity: RegisteredIdentity): string
  /** `undefined` for everything that this server has not made. */
  open(token: string): RegisteredIdentity | undefined
}

/** Those of one storage. */
export function createRegistrationTokens(
  masterKey: Uint8Array,
  random: RandomSource,
): RegistrationTokens {
  const key = deriveKey(masterKey, 'registration access tokens')
  return {
    issue({ clientId, createdAtWallMs }) {
      const nonce = random.bytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const plain = `${createdAtWallMs} ${clientId}`
      const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      const sealed = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
      return PREFIX + sealed.toString('base64url')
    },
    open(token) {
      if (!token.startsWith(PREFIX)) return undefined
      const text = token.slice(PREFIX.length)
      const sealed = Buffer.from(text, 'base64url')
      if (sealed.length <= NONCE_BYTES + TAG_BYTES || sealed.toString('base64url') !== text) {
        return undefined
      }
      const nonce = sealed.subarray(0, NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, {
        authTagLength: TAG_BYTES,
      }).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      try {
        const ciphertext = sealed.subarray(NONCE_BYTES + TAG_BYTES)
        const plain = Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString(
          'utf8',
        )
        const [createdAt = '', clientId = ''] = plain.split(' ')
        return { clientId, createdAtWallMs: Number(createdAt) }
      } catch {
        return undefined
      }
    },
  }
}
