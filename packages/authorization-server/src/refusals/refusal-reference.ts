/**
 * References to refusals: what `error_uri` carries (RFC 6749 section 5.2), so that the caller is told nothing and the
 * operator everything.
 *
 * A reference is the explanation itself, sealed with AES-256-GCM. Nothing is stored, and every node with the same
 * master key opens it. Layout before base64url: version (1 byte), salt of the key (8), nonce (12), authentication tag
 * (16), ciphertext (203).
 *
 * Invariants
 *  (1) References have one length, so that nothing can be told from a reference but that there was a refusal.
 *  (2) What is sealed comes from tables, from the registry and from the clock; nothing of it was sent.
 *  (3) A key seals at most 2^20 references under random nonces (NIST SP 800-38D section 8.3 allows 2^32). It is derived
 *      from a salt of its own, so that neither a restart nor another node repeats a nonce under it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { decodeBase64url } from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'
import type { EndpointName } from '../events.ts'
import type { RefusalReason } from '../refusal.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { RefusalDetail } from './refusal-detail.ts'

/** The start of every reference: a URN of an informal namespace (RFC 8141), which leads nowhere on purpose. */
export const refusalReferencePrefix = 'urn:mintmark:refusal:'

const ALGORITHM = 'aes-256-gcm'
const VERSION = 1
const SALT_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PLAIN_BYTES = 203
const NONCE_AT = 1 + SALT_BYTES
const TAG_AT = NONCE_AT + NONCE_BYTES
const CIPHERTEXT_AT = TAG_AT + TAG_BYTES
const SEALED_BYTES = CIPHERTEXT_AT + PLAIN_BYTES
const SEALED_CHARACTERS = (SEALED_BYTES * 4) / 3

/** Characters of every reference. */
export const refusalReferenceLength = refusalReferencePrefix.length + SEALED_CHARACTERS

const REFERENCES_PER_KEY = 2 ** 20
const NONCES_PER_DRAW = 256
/** A longer client identifier is cut, and says so: three places of it would not fit anywhere else either. */
const CLIENT_ID_CHARACTERS = 64

/** One refusal, as it is told to an operator. */
export interface RefusalFacts {
  readonly atWallMs: number
  readonly endpoint: EndpointName
  readonly reason: RefusalReason
  /** Only of a client that the registry knows. */
  readonly clientId: string | undefined
  readonly detail: RefusalDetail
}

/** Seals refusals. One per process; it reuses its buffers. */
export interface RefusalReferences {
  /** The reference to one refusal, of {@link refusalReferenceLength} characters. */
  seal(facts: RefusalFacts): string
}

/** Makes references that {@link openRefusalReference} opens with the same master key. */
export function createRefusalReferences(
  masterKey: Uint8Array,
  random: RandomSource,
): RefusalReferences {
  const purposeKey = purposeKeyOf(masterKey)
  const sealed = Buffer.alloc(SEALED_BYTES)
  const plain = Buffer.alloc(PLAIN_BYTES)
  let nonces = Buffer.alloc(0)
  let noncesAt = 0
  let left = 0
  let key: KeyObject | undefined

  function currentKey(): KeyObject {
    if (key !== undefined && left > 0) return key
    const salt = random.bytes(SALT_BYTES)
    sealed[0] = VERSION
    sealed.set(salt, 1)
    left = REFERENCES_PER_KEY
    key = keyOf(purposeKey, salt)
    return key
  }

  function nextNonce(): Buffer {
    if (noncesAt === nonces.length) {
      nonces = Buffer.from(random.bytes(NONCE_BYTES * NONCES_PER_DRAW))
      noncesAt = 0
    }
    noncesAt += NONCE_BYTES
    return nonces.subarray(noncesAt - NONCE_BYTES, noncesAt)
  }

  return {
    seal(facts) {
      const cipher = createCipheriv(ALGORITHM, currentKey(), nextNonce())
      left -= 1
      sealed.set(nonces.subarray(noncesAt - NONCE_BYTES, noncesAt), NONCE_AT)
      plain.fill(0x20, plain.write(factsText(facts), 'latin1'))
      sealed.set(cipher.update(plain), CIPHERTEXT_AT)
      cipher.final()
      sealed.set(cipher.getAuthTag(), TAG_AT)
      return refusalReferencePrefix + sealed.toString('base64url')
    },
  }
}

/** What a reference says. Words are not checked against this version's tables: another version may know more. */
export interface OpenedReference {
  readonly atWallMs: number
  readonly endpoint: string
  readonly reason: string
  readonly clientId: string | undefined
  /** Whether `clientId` is only the beginning of one. */
  readonly clientIdIsCut: boolean
  readonly detail: Readonly<Record<string, string | number>>
}

/**
 * Opens a reference, with or without its prefix; `undefined` for anything that was not made under this master key.
 */
export function openRefusalReference(
  masterKey: Uint8Array,
  reference: string,
): OpenedReference | undefined {
  const text = reference.startsWith(refusalReferencePrefix)
    ? reference.slice(refusalReferencePrefix.length)
    : reference
  if (text.length !== SEALED_CHARACTERS) return undefined
  const sealed = decodeBase64url(text)
  if (sealed === undefined || sealed[0] !== VERSION) return undefined
  const opened = opening(sealed, keyOf(purposeKeyOf(masterKey), sealed.subarray(1, NONCE_AT)))
  return opened === undefined ? undefined : factsIn(opened)
}

function purposeKeyOf(masterKey: Uint8Array): Uint8Array {
  return deriveKey(masterKey, 'refusal references')
}

function keyOf(purposeKey: Uint8Array, salt: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', purposeKey, salt, 'mintmark', 32)))
}

function opening(sealed: Uint8Array, key: KeyObject): string | undefined {
  const nonce = sealed.subarray(NONCE_AT, TAG_AT)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(TAG_AT, CIPHERTEXT_AT))
  try {
    const start = decipher.update(sealed.subarray(CIPHERTEXT_AT))
    return Buffer.concat([start, decipher.final()]).toString('latin1')
  } catch {
    return undefined
  }
}

/** JSON of at most `PLAIN_BYTES` characters. Where everything is long at once, the detail is left out. */
function factsText({ atWallMs, endpoint, reason, clientId, detail }: RefusalFacts): string {
  const known =
    clientId === undefined || clientId.length <= CLIENT_ID_CHARACTERS
      ? clientId
      : [clientId.slice(0, CLIENT_ID_CHARACTERS)]
  const text = JSON.stringify([atWallMs, endpoint, reason, known ?? null, detail])
  if (text.length <= PLAIN_BYTES) return text
  return JSON.stringify([atWallMs, endpoint, reason, known ?? null, {}])
}

/** It was sealed by us, so its form is right, or that of a newer version that changed `VERSION`. */
function factsIn(text: string): OpenedReference {
  const [atWallMs, endpoint, reason, known, detail] = JSON.parse(text) as readonly [
    number,
    string,
    string,
    string | readonly [string] | null,
    Readonly<Record<string, string | number>>,
  ]
  const isCut = known !== null && typeof known !== 'string'
  const clientId = isCut ? known[0] : (known ?? undefined)
  return { atWallMs, endpoint, reason, clientId, clientIdIsCut: isCut, detail }
}
