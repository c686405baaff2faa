/**
 * Encryption of entries in a shared store: AES-256-GCM, each entry bound to its name, its generation and its key, so
 * that one that was moved, cut, altered or put back is recognised and never used (requirement C9).
 *
 * Layout, in base64url: version (1 byte), length of the key id (1), key id, generation (8), nonce (12), ciphertext with
 * its tag (16). All before the nonce, and the name after it, is authenticated. What is encrypted is the length of the
 * text in bytes (4), the text, and zeros up to a multiple of 256, so that the length of a token does not show.
 *
 * Nonces are random, 96 bits: one key seals 2^32 entries before a repetition becomes likely enough to care about, and a
 * fleet seals one per renewal.
 */
import { decodeBase64url, encodeBase64url } from '@mintmark/jwt'
import { type Redacted, redact } from '@mintmark/protocol'
import { type RandomSource, systemRandom } from '@mintmark/runtime'
import { sealedLengthMax } from '../limits.ts'
import type { NativeKey } from '../native-key.ts'
import { entryName, type NamedKind } from './entry-names.ts'
import { createKeyRing, type KeySecret, type SealingKey, type StoreKeySource } from './key-ring.ts'

/** The text of an entry in clear: it contains a token. */
export type EntryText = Redacted<'shared entry'>

/**
 * Why an entry cannot be used: its key is not in the ring; it was altered, or belongs to another name; it is of
 * another generation than its record; it is no entry at all.
 */
export type UnusableReason = 'unknown_key' | 'not_authentic' | 'stale_generation' | 'malformed'

/** An entry in clear, or why there is none. */
export type Opened =
  | { readonly ok: true; readonly text: EntryText }
  | { readonly ok: false; readonly reason: UnusableReason }

/** Names, seals and opens what a shared store keeps. Rejects only while a source of keys has never given any. */
export interface Sealing {
  /** The name of something of that kind, for the store. */
  nameOf(kind: NamedKind, text: string): Promise<string>
  /**
   * Seals `text` for the place it is going to have.
   *
   * @param generation - The one that the entry gets: the writer's plus one.
   */
  seal(name: string, generation: number, text: EntryText): Promise<string>
  /** Opens what a record of that name and generation holds. */
  open(name: string, generation: number, sealed: string): Promise<Opened>
}

/** A sealing with a ring of keys. */
export interface RingSealing extends Sealing {
  /**
   * Seals an entry anew for the next generation, if its key is on the way out of the ring.
   *
   * @returns `undefined` when it was sealed with the first key already, or cannot be opened.
   */
  resealed(name: string, generation: number, sealed: string): Promise<string | undefined>
}

/** What sealing takes. */
export interface SealingOptions {
  readonly keys: StoreKeySource
  readonly namingSecret?: KeySecret | undefined
  /** Where nonces come from. Default: the platform's generator. A repeated nonce gives both entries away. */
  readonly random?: RandomSource
}

const VERSION = 1
const GENERATION_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LENGTH_BYTES = 4
const PADDED_TO_BYTES = 256

/**
 * Makes the sealing of one fleet.
 *
 * @throws TypeError for keys that are not as described.
 */
export function createSealing(options: SealingOptions): RingSealing {
  const { keys, namingSecret, random = systemRandom } = options
  const ring = createKeyRing(keys, namingSecret)
  const seal: Sealing['seal'] = async (name, generation, text) => {
    const { id, key } = await ring.first()
    const header = headerOf(id, generation)
    const nonce = Uint8Array.from(random.bytes(NONCE_BYTES))
    const algorithm = gcm(nonce, joined(header, utf8(name)))
    const { subtle } = globalThis.crypto
    const ciphertext = await subtle.encrypt(algorithm, key, padded(utf8(text.reveal())))
    return encodeBase64url(joined(header, nonce, new Uint8Array(ciphertext)))
  }
  const open: Sealing['open'] = async (name, generation, sealed) => {
    const entry = parseSealed(sealed)
    if (entry === undefined) return { ok: false, reason: 'malformed' }
    const found = await ring.find(entry.keyId)
    if (found === undefined) return { ok: false, reason: 'unknown_key' }
    const clear = await decrypted(found, joined(entry.header, utf8(name)), entry)
    if (clear === undefined) return { ok: false, reason: 'not_authentic' }
    if (entry.generation !== generation) return { ok: false, reason: 'stale_generation' }
    return { ok: true, text: redact('shared entry', unpadded(clear)) }
  }
  return {
    ...{ seal, open },
    nameOf: async (kind, text) => entryName(await ring.naming(), kind, text),
    resealed: async (name, generation, sealed) => {
      if (parseSealed(sealed)?.keyId === (await ring.first()).id) return undefined
      const opened = await open(name, generation, sealed)
      return opened.ok ? seal(name, generation + 1, opened.text) : undefined
    },
  }
}

interface SealedEntry {
  readonly header: Uint8Array
  readonly keyId: string
  readonly generation: number
  readonly nonce: Bytes
  readonly ciphertext: Bytes
}

/** WebCrypto takes no view of memory that may be shared. */
type Bytes = Uint8Array<ArrayBuffer>

function parseSealed(sealed: string): SealedEntry | undefined {
  const decoded = sealed.length > sealedLengthMax ? undefined : decodeBase64url(sealed)
  if (decoded?.[0] !== VERSION) return undefined
  const bytes = Uint8Array.from(decoded)
  const generationAt = 2 + (bytes[1] ?? 0)
  const nonceAt = generationAt + GENERATION_BYTES
  const ciphertextAt = nonceAt + NONCE_BYTES
  if (bytes.length < ciphertextAt + PADDED_TO_BYTES + TAG_BYTES) return undefined
  return {
    header: bytes.subarray(0, nonceAt),
    keyId: new TextDecoder().decode(bytes.subarray(2, generationAt)),
    generation: Number(new DataView(bytes.buffer).getBigUint64(generationAt)),
    nonce: bytes.subarray(nonceAt, ciphertextAt),
    ciphertext: bytes.subarray(ciphertextAt),
  }
}

async function decrypted(
  { key }: { readonly key: NativeKey },
  bound: Bytes,
  { nonce, ciphertext }: SealedEntry,
): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(
      await globalThis.crypto.subtle.decrypt(gcm(nonce, bound), key, ciphertext),
    )
  } catch {
    return undefined
  }
}

function gcm(iv: Bytes, additionalData: Bytes) {
  return { name: 'AES-GCM', iv, additionalData, tagLength: TAG_BYTES * 8 }
}

function headerOf(keyId: SealingKey['id'], generation: number): Bytes {
  const id = utf8(keyId)
  const counted = new Uint8Array(GENERATION_BYTES)
  new DataView(counted.buffer).setBigUint64(0, BigInt(generation))
  return joined(Uint8Array.of(VERSION, id.length), id, counted)
}

function padded(text: Uint8Array): Bytes {
  const length = LENGTH_BYTES + text.length
  const block = new Uint8Array(Math.ceil(length / PADDED_TO_BYTES) * PADDED_TO_BYTES)
  new DataView(block.buffer).setUint32(0, text.length)
  block.set(text, LENGTH_BYTES)
  return block
}

/** What was authentic was written by `padded`: its length is right. */
function unpadded(block: Bytes): string {
  const length = new DataView(block.buffer).getUint32(0)
  return new TextDecoder().decode(block.subarray(LENGTH_BYTES, LENGTH_BYTES + length))
}

function utf8(text: string): Bytes {
  return Uint8Array.from(new TextEncoder().encode(text))
}

function joined(...parts: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
