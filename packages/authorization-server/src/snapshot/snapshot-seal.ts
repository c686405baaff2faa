/**
 * Sealing of a snapshot in pieces: AES-256-GCM under a key of this file's own, derived from the master key and the
 * file's salt.
 *
 * Layout: `mintmark-snapshot 1\n`, salt (16 octets); then pieces of length (4 octets, of what follows), authentication
 * tag (16), ciphertext.
 *
 * Invariants
 *  (1) A piece is opened only as the piece it was: its number is its nonce, and whether it is the last one is
 *      authenticated with it. A file that was cut, extended or put together from two does not open.
 *  (2) A key seals each number once: every file has a salt of its own.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { deriveKey } from '../signing-keys/key-sealing.ts'

const MAGIC = Buffer.from('mintmark-snapshot 1\n', 'latin1')
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LENGTH_BYTES = 4

/** How many random octets a new file needs. */
export const snapshotSaltBytes = SALT_BYTES

/** Seals the pieces of one file, in order. */
export interface SnapshotSeal {
  /** What the file starts with. */
  readonly head: Uint8Array
  seal(piece: Uint8Array, isLast: boolean): Uint8Array
}

/** Begins a file. `salt` must be fresh. */
export function createSnapshotSeal(masterKey: Uint8Array, salt: Uint8Array): SnapshotSeal {
  const key = fileKey(masterKey, salt)
  let number = 0
  return {
    head: Buffer.concat([MAGIC, salt]),
    seal(piece, isLast) {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number)).setAAD(mark(isLast))
      number += 1
      const ciphertext = Buffer.concat([cipher.update(piece), cipher.final()])
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt32BE(TAG_BYTES + ciphertext.length)
      return Buffer.concat([length, cipher.getAuthTag(), ciphertext])
    },
  }
}

/** Opens all pieces of a file; `undefined` unless it is whole, unchanged, and sealed under this master key. */
export function openSnapshot(
  file: Uint8Array,
  masterKey: Uint8Array,
): readonly Uint8Array[] | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const start = MAGIC.length + SALT_BYTES
  if (bytes.length < start || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  const key = fileKey(masterKey, bytes.subarray(MAGIC.length, start))
  const pieces: Uint8Array[] = []
  for (let at = start; at < bytes.length; ) {
    if (at + LENGTH_BYTES + TAG_BYTES > bytes.length) return undefined
    const end = at + LENGTH_BYTES + bytes.readUInt32BE(at)
    if (end > bytes.length || end < at + LENGTH_BYTES + TAG_BYTES) return undefined
    const sealed = bytes.subarray(at + LENGTH_BYTES, end)
    const piece = openPiece(sealed, key, pieces.length, end === bytes.length)
    if (piece === undefined) return undefined
    pieces.push(piece)
    at = end
  }
  return pieces.length === 0 ? undefined : pieces
}

function openPiece(
  sealed: Buffer,
  key: Uint8Array,
  number: number,
  isLast: boolean,
): Uint8Array | undefined {
  const nonce = nonceOf(number)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(mark(isLast))
    .setAuthTag(sealed.subarray(0, TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(TAG_BYTES)), decipher.final()])
  } catch {
    return undefined
  }
}

function fileKey(masterKey: Uint8Array, salt: Uint8Array): Uint8Array {
  return deriveKey(masterKey, `snapshot ${Buffer.from(salt).toString('base64url')}`)
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeUInt32BE(number, NONCE_BYTES - 4)
  return nonce
}

function mark(isLast: boolean): Buffer {
  return Buffer.from(isLast ? 'last' : 'more', 'latin1')
}
