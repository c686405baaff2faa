/**
 * An external signer on a PKCS #11 token: some sessions, each used by one signature at a time, opened when they are
 * needed and thrown away when the token complains about one.
 */
import type { ExternalSigner } from '@mintmark/authorization-server'
import { type Cryptoki, CryptokiError, type ObjectHandle, type SessionHandle } from './pkcs11.ts'

/** Where the key is. */
export interface Pkcs11Key {
  /** What the authorization server calls it. */
  readonly name: string
  /** `CKA_LABEL` of both halves. */
  readonly label: string
  readonly pin: string
  /** Sessions of the token that may be used at the same time. */
  readonly sessionsMax: number
}

interface OpenSession {
  readonly handle: SessionHandle
  readonly key: ObjectHandle
}

/** Makes a signer for a P-256 key. Rejects when the token has no such key. */
export async function pkcs11Signer(token: Cryptoki, place: Pkcs11Key): Promise<ExternalSigner> {
  const idle: OpenSession[] = []
  const waiting: (() => void)[] = []
  let open = 0

  async function borrow(): Promise<OpenSession> {
    while (idle.length === 0 && open >= place.sessionsMax) {
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    const session = idle.pop()
    if (session !== undefined) return session
    open += 1
    try {
      return await openSession(token, place)
    } catch (error) {
      giveBack(undefined)
      throw error
    }
  }

  /** `undefined` for a session that is of no use any more. */
  function giveBack(session: OpenSession | undefined): void {
    if (session === undefined) open -= 1
    else idle.push(session)
    waiting.shift()?.()
  }

  const session = await borrow()
  const publicJwk = await publicJwkOf(token, session, place)
  giveBack(session)
  return {
    name: place.name,
    algorithm: 'ES256',
    publicJwk,
    async sign(input) {
      const borrowed = await borrow()
      let isUsable = false
      try {
        await token.C_SignInit(borrowed.handle, 'CKM_ECDSA_SHA256', borrowed.key)
        const signature = await token.C_Sign(borrowed.handle, input)
        isUsable = true
        return signature
      } finally {
        giveBack(isUsable ? borrowed : undefined)
      }
    },
  }
}

async function openSession(token: Cryptoki, { label, pin }: Pkcs11Key): Promise<OpenSession> {
  const [slot] = await token.C_GetSlotList()
  if (slot === undefined) throw new CryptokiError('CKR_DEVICE_REMOVED')
  const handle = await token.C_OpenSession(slot)
  await token.C_Login(handle, pin)
  const template = { CKA_CLASS: 'CKO_PRIVATE_KEY', CKA_LABEL: label } as const
  const [key] = await token.C_FindObjects(handle, template)
  if (key === undefined) throw new CryptokiError('CKR_OBJECT_HANDLE_INVALID')
  return { handle, key }
}

/** The point is 4, x, y, behind the two octets of its DER header. */
async function publicJwkOf(
  token: Cryptoki,
  { handle }: OpenSession,
  { label }: Pkcs11Key,
): Promise<ExternalSigner['publicJwk']> {
  const template = { CKA_CLASS: 'CKO_PUBLIC_KEY', CKA_LABEL: label } as const
  const [object] = await token.C_FindObjects(handle, template)
  if (object === undefined) throw new CryptokiError('CKR_OBJECT_HANDLE_INVALID')
  const point = await token.C_GetAttributeValue(handle, object, 'CKA_EC_POINT')
  const text = (from: number): string =>
    Buffer.from(point.subarray(from, from + 32)).toString('base64url')
  return { kty: 'EC', crv: 'P-256', x: text(3), y: text(35) }
}
