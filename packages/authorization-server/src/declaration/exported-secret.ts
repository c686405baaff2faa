/**
 * What an export says of a client secret: its verifier, sealed under the master key, so that a registry can be restored
 * where the master key is, and a copy of the export is worth nothing elsewhere.
 *
 * Layout before base64: version (1 byte), nonce (12), authentication tag (16), ciphertext of a JSON object. The client
 * and the secret's id are authenticated with it.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { RandomSource } from '@mintmark/runtime'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { SecretRecord } from '../storage/records.ts'

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES

/** What of a secret is exported. */
export type ExportedSecret = Pick<SecretRecord, 'verifier' | 'sealed' | 'createdAtWallMs'>

/** Seals for exports, and opens what was exported. */
export interface ExportSealer {
  seal(secret: SecretRecord, clientId: string): string
  /** `undefined`: of another master key, client or secret, or damaged. */
  open(sealed: string, clientId: string, secretId: string): ExportedSecret | undefined
}

/** Makes the sealer of a storage. */
export function createExportSealer(masterKey: Uint8Array, random: RandomSource): ExportSealer {
  const key = deriveKey(masterKey, 'exported client secrets')
  return {
    seal(secret, clientId) {
      const nonce = random.bytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(clientId, secret.id))
      const plain = JSON.stringify(textsOf(secret))
      const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      const sealed = [Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext]
      return Buffer.concat(sealed).toString('base64')
    },
    open(text, clientId, secretId) {
      const sealed = Buffer.from(text, 'base64')
      if (sealed[0] !== VERSION || sealed.length <= HEADER_BYTES) return undefined
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(boundTo(clientId, secretId))
        .setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEADER_BYTES))
      try {
        const opened = [decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]
        return secretOf(JSON.parse(Buffer.concat(opened).toString('utf8')))
      } catch {
        return undefined
      }
    },
  }
}

interface ExportedTexts {
  readonly digest: string | undefined
  readonly hash: string | undefined
  readonly sealed: string | undefined
  readonly createdAtWallMs: number
}

function textsOf({ verifier, sealed, createdAtWallMs }: SecretRecord): ExportedTexts {
  const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64')
  return {
    digest: verifier.kind === 'keyed' ? base64(verifier.digest) : undefined,
    hash: verifier.kind === 'imported' ? verifier.hash : undefined,
    sealed: sealed && base64(sealed),
    createdAtWallMs,
  }
}

/** Authenticated, so it is what {@link textsOf} made. */
function secretOf({ digest, hash, sealed, createdAtWallMs }: ExportedTexts): ExportedSecret {
  const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
  return {
    verifier:
      digest === undefined
        ? { kind: 'imported', hash: hash ?? '' }
        : { kind: 'keyed', digest: octets(digest) },
    sealed: sealed === undefined ? undefined : octets(sealed),
    createdAtWallMs,
  }
}

function boundTo(clientId: string, secretId: string): Buffer {
  return Buffer.from(`exported-secret ${clientId} ${secretId}`, 'utf8')
}
