/**
 * The secrets of a fleet that shares tokens: a ring of keys that seal entries, and the one key that names them.
 *
 * Invariants
 *  (1) The first key of the ring seals, any of them opens. A ring is rotated in three deployments, each of which may
 *      take as long as it likes: append the new key, move it to the front, drop the old one.
 *  (2) Names come from a secret that does not rotate with the ring: processes at different stages of a rotation find
 *      each other's entries. A naming key opens nothing; whoever has it can only test a guess of a name.
 *  (3) No secret is used as it is. What seals and what names is derived from it, each for its one purpose
 *      (HKDF-SHA-256, RFC 5869), into keys that cannot be exported.
 *  (4) A source that fails, or gives no ring, changes nothing: the ring before goes on.
 */

import { decodeBase64url, encodeBase64url } from '@mintmark/jwt'
import { type Redacted, redact } from '@mintmark/protocol'
import { checkNames } from '@mintmark/runtime'
import { keyIdLengthMax, ringKeysMax } from '../limits.ts'
import type { NativeKey } from '../native-key.ts'

/** 32 random bytes, as they are or in base64url (43 characters). */
export type KeySecret = string | Uint8Array

/** A key of the ring. */
export interface StoreKey {
  /** Written in clear beside what the key seals: 1 to 64 of `A-Z a-z 0-9 . _ -`. Not used again for another secret. */
  readonly id: string
  readonly secret: KeySecret
}

/** One secret, which is short for a ring of one key with the id `default`, or a ring: the first key seals. */
export type StoreKeys = KeySecret | readonly StoreKey[]

/**
 * Keys, or a function that gives them: asked before each sealing and whenever an entry names a key that is not in the
 * ring, so that a rotation needs no restart.
 */
export type StoreKeySource = StoreKeys | (() => StoreKeys | Promise<StoreKeys>)

/** A key that seals and opens (AES-256-GCM). */
export interface SealingKey {
  readonly id: string
  readonly key: NativeKey
}

/** The keys in use. Rejects only while a source has never given a ring. */
export interface KeyRing {
  /** The key that seals. */
  first(): Promise<SealingKey>
  /** The key with that id, if the ring has it. */
  find(id: string): Promise<SealingKey | undefined>
  /** The key that names (HMAC-SHA-256). */
  naming(): Promise<NativeKey>
}

type HiddenSecret = Redacted<'store key'>

interface HiddenKey {
  readonly id: string
  readonly secret: HiddenSecret
}

const DEFAULT_ID = 'default'
const SECRET_BYTES = 32
const KEY_ID = /^[A-Za-z0-9._-]+$/

/**
 * Makes the key ring of a fleet.
 *
 * @param namingSecret - Where names come from. Required with a function and with more than one key. Default: the one
 *   key. Whoever rotates for the first time passes the secret that was the only one so far.
 * @throws TypeError for keys that are not as described. The message never shows one.
 */
export function createKeyRing(source: StoreKeySource, namingSecret?: KeySecret): KeyRing {
  const fixed = typeof source === 'function' ? undefined : checkedKeys(source)
  const namingFrom = namingSecretOf(fixed, namingSecret)
  let ring = fixed === undefined ? undefined : derivedRing(fixed)
  let named: Promise<NativeKey> | undefined

  const current = async (): Promise<DerivedRing> => {
    if (typeof source !== 'function') return ring as DerivedRing
    try {
      const keys = checkedKeys(await source())
      if (ring === undefined || !isSameRing(ring.keys, keys)) ring = derivedRing(keys)
    } catch (error) {
      if (ring === undefined) throw error
    }
    return ring
  }
  return {
    first: async () => (await current()).first(),
    find: async (id) => (await ring?.find(id)) ?? (await current()).find(id),
    naming: () => {
      named ??= derived(namingFrom, 'name entries', { name: 'HMAC', hash: 'SHA-256', length: 256 })
      return named
    },
  }
}

interface DerivedRing {
  readonly keys: readonly HiddenKey[]
  first(): Promise<SealingKey>
  find(id: string): Promise<SealingKey | undefined>
}

/** Derives each key once, when it is needed for the first time. */
function derivedRing(keys: readonly HiddenKey[]): DerivedRing {
  const ready = new Map<HiddenKey, Promise<SealingKey>>()
  const derive = (key: HiddenKey): Promise<SealingKey> => {
    const known = ready.get(key) ?? sealingKey(key)
    ready.set(key, known)
    return known
  }
  return {
    keys,
    first: () => derive(keys[0] as HiddenKey),
    find: async (id) => {
      const key = keys.find((each) => each.id === id)
      return key === undefined ? undefined : derive(key)
    },
  }
}

async function sealingKey({ id, secret }: HiddenKey): Promise<SealingKey> {
  return { id, key: await derived(secret, 'seal entries', { name: 'AES-GCM', length: 256 }) }
}

type DerivedKind =
  | { readonly name: 'AES-GCM'; readonly length: number }
  | { readonly name: 'HMAC'; readonly hash: string; readonly length: number }

async function derived(
  secret: HiddenSecret,
  purpose: string,
  kind: DerivedKind,
): Promise<NativeKey> {
  const { subtle } = globalThis.crypto
  const bytes = decodeBase64url(secret.reveal()) as Uint8Array<ArrayBuffer>
  const root = await subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(`mintmark ${purpose} v1`)
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
  const uses = kind.name === 'HMAC' ? (['sign'] as const) : (['encrypt', 'decrypt'] as const)
  return subtle.deriveKey(hkdf, root, kind, false, uses)
}

function namingSecretOf(
  fixed: readonly HiddenKey[] | undefined,
  namingSecret: KeySecret | undefined,
): HiddenSecret {
  if (namingSecret !== undefined) return hiddenSecret('namingSecret', namingSecret)
  const [only, second] = fixed ?? []
  if (only !== undefined && second === undefined) return only.secret
  throw new TypeError(
    'namingSecret: required with several keys or a function; at the first rotation, the only secret so far',
  )
}

function checkedKeys(keys: StoreKeys): readonly HiddenKey[] {
  if (typeof keys === 'string' || keys instanceof Uint8Array) {
    return [{ id: DEFAULT_ID, secret: hiddenSecret('keys', keys) }]
  }
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > ringKeysMax) {
    throw new TypeError(`keys: expected a secret, or 1 to ${ringKeysMax} keys`)
  }
  const checked = keys.map((key: StoreKey) => {
    checkNames(key, ['id', 'secret'], 'keys')
    return { id: keyId(key.id), secret: hiddenSecret('keys', key.secret) }
  })
  if (new Set(checked.map(({ id }) => id)).size === checked.length) return checked
  throw new TypeError('keys: expected a different id for each key')
}

function keyId(id: unknown): string {
  if (typeof id === 'string' && id.length <= keyIdLengthMax && KEY_ID.test(id)) return id
  throw new TypeError(`keys: expected an id of 1 to ${keyIdLengthMax} of A-Z a-z 0-9 . _ -`)
}

function hiddenSecret(option: string, secret: unknown): HiddenSecret {
  const bytes = typeof secret === 'string' ? decodeBase64url(secret) : secret
  if (bytes instanceof Uint8Array && bytes.length === SECRET_BYTES) {
    return redact('store key', encodeBase64url(bytes))
  }
  throw new TypeError(
    `${option}: expected ${SECRET_BYTES} random bytes, as they are or in base64url`,
  )
}

function isSameRing(before: readonly HiddenKey[], after: readonly HiddenKey[]): boolean {
  const text = (keys: readonly HiddenKey[]): string =>
    JSON.stringify(keys.map(({ id, secret }) => [id, secret.reveal()]))
  return text(before) === text(after)
}
