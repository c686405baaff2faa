/**
 * Receipts: references to refusals that are the explanation itself, sealed with AES-256-GCM. Nothing is stored, and
 * whoever has the key opens them. Layout before base64url: version (1 byte), salt of the key (8), nonce (12),
 * ciphertext with its tag (218 + 16).
 *
 * Invariants
 *  (1) Receipts have one length, so that nothing can be told from one but that there was a refusal.
 *  (2) What is sealed are {@link ReceiptFacts}, which carry no text of a request.
 *  (3) A key seals at most 2^20 receipts under random nonces (NIST SP 800-38D section 8.3 allows 2^32). It is derived
 *      from a salt of its own (HKDF-SHA-256), so that neither a restart nor another process repeats a nonce under it.
 */
import { decodeBase64url, encodeBase64url } from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'
import type { ReceiptFacts } from './receipt-facts.ts'

/** The start of every receipt: a URN of an informal namespace (RFC 8141), which leads nowhere on purpose. */
export const receiptPrefix = 'urn:mintmark:receipt:'

const VERSION = 1
const SALT_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PLAIN_BYTES = 218
const NONCE_AT = 1 + SALT_BYTES
const CIPHERTEXT_AT = NONCE_AT + NONCE_BYTES
const SEALED_BYTES = CIPHERTEXT_AT + PLAIN_BYTES + TAG_BYTES
const RECEIPTS_PER_KEY = 2 ** 20
const PURPOSE = 'mintmark receipts'

type Bytes = Uint8Array<ArrayBuffer>

/** Seals receipts. One for each guard. */
export interface ReceiptSealer {
  seal(facts: ReceiptFacts): Promise<string>
}

/** Makes receipts that {@link openReceipt} opens with the same key. */
export function createReceiptSealer(key: Uint8Array, random: RandomSource): ReceiptSealer {
  let salt: Bytes = new Uint8Array(SALT_BYTES)
  let derived: Promise<CryptoKey> | undefined
  let left = 0
  return {
    async seal(facts) {
      if (derived === undefined || left === 0) {
        salt = Uint8Array.from(random.bytes(SALT_BYTES))
        derived = deriveKey(key, salt)
        left = RECEIPTS_PER_KEY
      }
      left -= 1
      const [saltOfKey, nonce] = [salt, Uint8Array.from(random.bytes(NONCE_BYTES))]
      const plain = new TextEncoder().encode(factsText(facts))
      const sealed = await subtle().encrypt(gcm(nonce, saltOfKey), await derived, plain)
      return receiptPrefix + encodeBase64url(layout(saltOfKey, nonce, new Uint8Array(sealed)))
    },
  }
}

/** What a receipt says. Words are not checked against this version's tables: another version may know more. */
export interface OpenedReceipt {
  readonly atWallMs: number
  readonly code: string
  readonly issuer: string | undefined
  readonly detail: Readonly<Record<string, number>>
}

/** Opens a receipt, with or without its prefix; `undefined` for anything that was not made under this key. */
export async function openReceipt(
  key: Uint8Array,
  receipt: string,
): Promise<OpenedReceipt | undefined> {
  const text = receipt.startsWith(receiptPrefix) ? receipt.slice(receiptPrefix.length) : receipt
  const sealed = text.length === (SEALED_BYTES * 4) / 3 ? decodeBase64url(text) : undefined
  if (sealed === undefined || sealed[0] !== VERSION) return undefined
  const salt = Uint8Array.from(sealed.subarray(1, NONCE_AT))
  const nonce = Uint8Array.from(sealed.subarray(NONCE_AT, CIPHERTEXT_AT))
  const ciphertext = Uint8Array.from(sealed.subarray(CIPHERTEXT_AT))
  const derived = await deriveKey(key, salt)
  const plain = await subtle()
    .decrypt(gcm(nonce, salt), derived, ciphertext)
    .catch(() => undefined)
  return plain === undefined ? undefined : factsIn(new TextDecoder().decode(plain))
}

function layout(salt: Bytes, nonce: Bytes, ciphertext: Bytes): Bytes {
  const sealed = new Uint8Array(SEALED_BYTES)
  sealed[0] = VERSION
  sealed.set(salt, 1)
  sealed.set(nonce, NONCE_AT)
  sealed.set(ciphertext, CIPHERTEXT_AT)
  return sealed
}

function gcm(iv: Bytes, additionalData: Bytes) {
  return { name: 'AES-GCM', iv, additionalData, tagLength: TAG_BYTES * 8 }
}

async function deriveKey(key: Uint8Array, salt: Bytes): Promise<CryptoKey> {
  const root = await subtle().importKey('raw', Uint8Array.from(key), 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(PURPOSE)
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt, info }
  const kind = { name: 'AES-GCM', length: 256 }
  return await subtle().deriveKey(derivation, root, kind, false, ['encrypt', 'decrypt'])
}

function subtle(): SubtleCrypto {
  return globalThis.crypto.subtle
}

/** JSON, padded to `PLAIN_BYTES`. What does not fit is left out: an issuer that long first. */
function factsText({ atWallMs, code, issuer, detail }: ReceiptFacts): string {
  const drafts = [
    [atWallMs, code, issuer ?? null, detail],
    [atWallMs, code, null, detail],
  ]
  for (const draft of drafts) {
    const text = JSON.stringify(draft)
    if (new TextEncoder().encode(text).length === text.length && text.length <= PLAIN_BYTES) {
      return text.padEnd(PLAIN_BYTES)
    }
  }
  return JSON.stringify([atWallMs, code, null, {}]).padEnd(PLAIN_BYTES)
}

/** It was sealed by us, so its form is right, or that of a newer version that changed `VERSION`. */
function factsIn(text: string): OpenedReceipt {
  const [atWallMs, code, issuer, detail] = JSON.parse(text) as readonly [
    number,
    string,
    string | null,
    Readonly<Record<string, number>>,
  ]
  return { atWallMs, code, issuer: issuer ?? undefined, detail }
}
