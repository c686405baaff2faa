/**
 * The part of PKCS #11 (Cryptoki, OASIS, version 3.1) that signing needs, with its names. A binding to the library of
 * an HSM has calls of this shape; here they are asynchronous, as they are when a worker or another process makes them.
 */

/** Return values (section 3 of the header), as far as they are told apart here. */
export class CryptokiError extends Error {
  override readonly name = 'CryptokiError'
  readonly code: CryptokiCode

  constructor(code: CryptokiCode) {
    super(code)
    this.code = code
  }
}

export type CryptokiCode =
  | 'CKR_DEVICE_REMOVED'
  | 'CKR_OPERATION_ACTIVE'
  | 'CKR_OPERATION_NOT_INITIALIZED'
  | 'CKR_PIN_INCORRECT'
  | 'CKR_SESSION_COUNT'
  | 'CKR_SESSION_HANDLE_INVALID'
  | 'CKR_OBJECT_HANDLE_INVALID'
  | 'CKR_SLOT_ID_INVALID'
  | 'CKR_USER_NOT_LOGGED_IN'

/** What an object is looked for by. */
export interface KeyTemplate {
  readonly CKA_CLASS: 'CKO_PRIVATE_KEY' | 'CKO_PUBLIC_KEY'
  readonly CKA_LABEL: string
}

export type SlotId = number
export type SessionHandle = number
export type ObjectHandle = number

/** A token in a slot, or several. */
export interface Cryptoki {
  C_GetSlotList(): Promise<readonly SlotId[]>
  C_OpenSession(slot: SlotId): Promise<SessionHandle>
  C_CloseSession(session: SessionHandle): Promise<void>
  /** Logs the whole application in, not only this session. */
  C_Login(session: SessionHandle, pin: string): Promise<void>
  C_FindObjects(session: SessionHandle, template: KeyTemplate): Promise<readonly ObjectHandle[]>
  /** `CKA_EC_POINT` of a P-256 key: the uncompressed point, as an octet string in DER. */
  C_GetAttributeValue(
    session: SessionHandle,
    object: ObjectHandle,
    attribute: 'CKA_EC_POINT',
  ): Promise<Uint8Array>
  /** `CKM_ECDSA_SHA256` makes the digest, too. One operation at a time per session. */
  C_SignInit(
    session: SessionHandle,
    mechanism: 'CKM_ECDSA_SHA256',
    key: ObjectHandle,
  ): Promise<void>
  /** `r` and `s` side by side, as JWS has them. */
  C_Sign(session: SessionHandle, message: Uint8Array): Promise<Uint8Array>
}
