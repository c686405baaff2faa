/**
 * Opaque access tokens: sealed handles that only this issuer can read. Nothing is stored; every node with the master
 * key opens every token.
 *
 * Text: `mo_`, then base64url of version (1 byte), day of sealing (2), `jti` (16), ciphertext and tag (16). AES-256-GCM
 * under a key that is derived from the master key for each day (UTC), so that no key ever seals so many tokens that
 * random nonces could meet, and none is needed for longer than the longest token lives.
 *
 * Invariants
 *  (1) One token has one text: base64url is canonical, and the seal covers all before it and the issuer.
 *  (2) A day that no living token can name is refused before a key is derived for it.
 *  (3) The nonce is the first 12 bytes of the `jti`: random, never chosen by anybody else, and public anyway.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
} from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '@mintmark/jwt'
import { accessTokenLengthMax, tokenLifetimeSecondsMax } from '../limits.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'

/** Seals and opens the opaque tokens of one issuer. */
export interface OpaqueSeal {
  /** @param jti - 22 characters of base64url, fresh and random. */
  seal(claims: Uint8Array, jti: string, nowSeconds: number): string
  /** What was sealed and the `jti`; `undefined` for every other text. Does not look at the claims. */
  open(token: string, nowSeconds: number): OpenedToken | undefined
}

/** An opaque token whose seal is whole. */
export interface OpenedToken {
  readonly jti: string
  readonly claims: Buffer
}

const PREFIX = 'mo_'
const VERSION = 1
const DAY_SECONDS = 86_400
const JTI_OFFSET = 3
const JTI_BYTES = 16
const HEAD_BYTES = JTI_OFFSET + JTI_BYTES
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The days whose keys can still be needed: a token of the longest lifetime, and a clock that runs ahead. */
const DAYS_BACK_MAX = Math.ceil(tokenLifetimeSecondsMax / DAY_SECONDS)
const DAYS_AHEAD_MAX = 1

/** Whether `token` claims to be one of ours; nothing else begins like that. */
export function looksOpaque(token: string): boolean {
  return token.startsWith(PREFIX)
}

/** Characters of a token with so many bytes of claims. */
export function opaqueTokenLength(claimsBytes: number): number {
  return PREFIX.length + Math.ceil(((HEAD_BYTES + claimsBytes + TAG_BYTES) * 4) / 3)
}

/** Makes the seal of an issuer. Another issuer over the same master key cannot open its tokens. */
export function createOpaqueSeal(masterKey: Uint8Array, issuer: string): OpaqueSeal {
  const keyOf = dayKeys(masterKey)
  const issuerDigest = createHash('sha256').update(issuer).digest()
  const boundTo = (head: Uint8Array): Buffer => Buffer.concat([issuerDigest, head])
  return {
    seal(claims, jti, nowSeconds) {
      const day = Math.floor(nowSeconds / DAY_SECONDS)
      const head = Buffer.allocUnsafe(HEAD_BYTES)
      head[0] = VERSION
      head.writeUInt16BE(day, 1)
      head.write(jti, JTI_OFFSET, JTI_BYTES, 'base64url')
      const cipher = createCipheriv('aes-256-gcm', keyOf(day), nonceOf(head)).setAAD(boundTo(head))
      const sealed = [head, cipher.update(claims), cipher.final(), cipher.getAuthTag()]
      return PREFIX + encodeBase64url(Buffer.concat(sealed))
    },
    open(token, nowSeconds) {
      const sealed = sealedBytes(token)
      if (sealed === undefined) return undefined
      const head = sealed.subarray(0, HEAD_BYTES)
      const day = head.readUInt16BE(1)
      const today = Math.floor(nowSeconds / DAY_SECONDS)
      if (day > today + DAYS_AHEAD_MAX || day < today - DAYS_BACK_MAX) return undefined
      const claims = opened(sealed, keyOf(day), boundTo(head))
      const jti = encodeBase64url(head.subarray(JTI_OFFSET))
      return claims && { jti, claims }
    },
  }
}

function sealedBytes(token: string): Buffer | undefined {
  if (token.length > accessTokenLengthMax || !looksOpaque(token)) return undefined
  const decoded = decodeBase64url(token.slice(PREFIX.length))
  if (decoded === undefined || decoded.length < HEAD_BYTES + TAG_BYTES) return undefined
  return decoded[0] === VERSION
    ? Buffer.from(decoded.buffer, decoded.byteOffset, decoded.length)
    : undefined
}

function opened(sealed: Buffer, key: KeyObject, boundTo: Buffer): Buffer | undefined {
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(sealed), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(boundTo)
    .setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(HEAD_BYTES, end))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plain
}

function nonceOf(head: Uint8Array): Uint8Array {
  return head.subarray(JTI_OFFSET, JTI_OFFSET + NONCE_BYTES)
}

/** The key of each day, derived once. Those of days that are over are dropped. */
function dayKeys(masterKey: Uint8Array): (day: number) => KeyObject {
  const keys = new Map<number, KeyObject>()
  return (day) => {
    const known = keys.get(day)
    if (known !== undefined) return known
    if (keys.size > DAYS_BACK_MAX + DAYS_AHEAD_MAX) keys.clear()
    const key = createSecretKey(deriveKey(masterKey, `opaque tokens of day ${day}`))
    keys.set(day, key)
    return key
  }
}
