/** A PKCS #11 token in memory, in place of an HSM: the same calls, the same complaints. Not for keys that matter. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  type Cryptoki,
  CryptokiError,
  type KeyTemplate,
  type ObjectHandle,
  type SessionHandle,
  type SlotId,
} from './pkcs11.ts'

const SLOT = 1
const SESSIONS_MAX = 8
const PRIVATE_HANDLE: ObjectHandle = 100
const PUBLIC_HANDLE: ObjectHandle = 200
const DER_OCTET_STRING = [0x04, 65]

/** What can be done to the token that no call of PKCS #11 does. */
export interface SoftwareToken extends Cryptoki {
  /** Pulls the plug: sessions are gone, and nothing works until `insert`. */
  remove(): void
  insert(): void
  readonly openSessions: number
}

interface Session {
  key: ObjectHandle | undefined
}

/** A token with one P-256 key pair called `label`, which `pin` unlocks. */
export function softwareToken(label: string, pin: string): SoftwareToken {
  return new MemoryToken(label, pin)
}

class MemoryToken implements SoftwareToken {
  readonly #privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  readonly #sessions = new Map<SessionHandle, Session>()
  readonly #label: string
  readonly #pin: string
  #lastSession = 0
  #isUnlocked = false
  #isThere = true

  constructor(label: string, pin: string) {
    this.#label = label
    this.#pin = pin
  }

  async C_GetSlotList() {
    return this.#isThere ? [SLOT] : []
  }

  async C_OpenSession(slot: SlotId) {
    if (!this.#isThere) throw new CryptokiError('CKR_DEVICE_REMOVED')
    if (slot !== SLOT) throw new CryptokiError('CKR_SLOT_ID_INVALID')
    if (this.#sessions.size >= SESSIONS_MAX) throw new CryptokiError('CKR_SESSION_COUNT')
    this.#lastSession += 1
    this.#sessions.set(this.#lastSession, { key: undefined })
    return this.#lastSession
  }

  async C_CloseSession(handle: SessionHandle) {
    this.#session(handle)
    this.#sessions.delete(handle)
  }

  async C_Login(handle: SessionHandle, pin: string) {
    this.#session(handle)
    if (pin !== this.#pin) throw new CryptokiError('CKR_PIN_INCORRECT')
    this.#isUnlocked = true
  }

  async C_FindObjects(handle: SessionHandle, { CKA_CLASS, CKA_LABEL }: KeyTemplate) {
    this.#session(handle)
    if (CKA_LABEL !== this.#label) return []
    if (CKA_CLASS === 'CKO_PUBLIC_KEY') return [PUBLIC_HANDLE]
    return this.#isUnlocked ? [PRIVATE_HANDLE] : []
  }

  async C_GetAttributeValue(handle: SessionHandle, object: ObjectHandle) {
    this.#session(handle)
    if (object !== PUBLIC_HANDLE) throw new CryptokiError('CKR_OBJECT_HANDLE_INVALID')
    return Uint8Array.from([...DER_OCTET_STRING, ...pointOf(this.#privateKey)])
  }

  async C_SignInit(handle: SessionHandle, _mechanism: 'CKM_ECDSA_SHA256', key: ObjectHandle) {
    const session = this.#session(handle)
    if (!this.#isUnlocked) throw new CryptokiError('CKR_USER_NOT_LOGGED_IN')
    if (key !== PRIVATE_HANDLE) throw new CryptokiError('CKR_OBJECT_HANDLE_INVALID')
    if (session.key !== undefined) throw new CryptokiError('CKR_OPERATION_ACTIVE')
    session.key = key
  }

  async C_Sign(handle: SessionHandle, message: Uint8Array) {
    const session = this.#session(handle)
    if (session.key === undefined) throw new CryptokiError('CKR_OPERATION_NOT_INITIALIZED')
    session.key = undefined
    return sign('sha256', message, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' })
  }

  remove() {
    this.#isThere = false
    this.#isUnlocked = false
    this.#sessions.clear()
  }

  insert() {
    this.#isThere = true
  }

  get openSessions() {
    return this.#sessions.size
  }

  #session(handle: SessionHandle): Session {
    if (!this.#isThere) throw new CryptokiError('CKR_DEVICE_REMOVED')
    const session = this.#sessions.get(handle)
    if (session === undefined) throw new CryptokiError('CKR_SESSION_HANDLE_INVALID')
    return session
  }
}

/** The uncompressed point: 4, x, y. */
function pointOf(privateKey: KeyObject): Uint8Array {
  const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  const [left, right] = [x, y].map((part) => Buffer.from(part ?? '', 'base64url'))
  return Uint8Array.from([4, ...(left ?? []), ...(right ?? [])])
}
