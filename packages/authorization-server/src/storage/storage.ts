/**
 * What the authorization server needs of a database. One implementation per database; all pass one contract suite.
 *
 * Invariants
 *  (1) A change is acknowledged only after it is durable: once the promise resolves, a crash does not lose it.
 *  (2) Nothing here is asked for while a token is issued; everything the hot path needs is in memory.
 *  (3) Client secrets arrive as digests and private keys sealed: a copy of the database contains neither.
 */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import type { AuthenticationMethod, Grant } from '../registry/client.ts'
import type { Resource } from '../registry/resource.ts'

/** A client secret as it is stored. */
export interface SecretRecord {
  readonly id: string
  readonly digest: Uint8Array
  readonly createdAtWallMs: number
  readonly expiresAtWallMs: number | undefined
}

/** A client as it is stored. */
export interface ClientRecord {
  readonly id: string
  readonly disabled: boolean
  readonly authenticationMethods: readonly AuthenticationMethod[]
  readonly grants: readonly Grant[]
  readonly secrets: readonly SecretRecord[]
  readonly servesResources: readonly string[]
  readonly createdAtWallMs: number
}

/** A signing key as it is stored. */
export interface SigningKeyRecord {
  readonly kid: string
  readonly algorithm: SignatureAlgorithm
  /** The private JWK, sealed under the master key (`signing-keys/key-sealing.ts`). */
  readonly sealed: Uint8Array
  readonly createdAtWallMs: number
}

/** A revoked token. */
export interface RevocationRecord {
  readonly jti: string
  readonly clientId: string
  /** `exp` of the revoked token: when the record can be forgotten. */
  readonly expiresAtSeconds: number
}

/** Everything that is kept in memory, read in one consistent snapshot. */
export interface StoredState {
  readonly resources: readonly Resource[]
  readonly clients: readonly ClientRecord[]
  readonly signingKeys: readonly SigningKeyRecord[]
  readonly revocations: readonly RevocationRecord[]
}

/** Whether something was inserted, or its identifier was taken. */
export type InsertResult = 'inserted' | 'exists'

/** An open database. */
export interface StorageSession {
  /** The 32-byte master key that belongs to this database, created with it. */
  readonly masterKey: Uint8Array
  load(): Promise<StoredState>
  /**
   * A number that is different after another process has changed the database. Cheap enough to be asked for twice a
   * second. Changes made through this session may or may not show.
   */
  foreignChangeCounter(): number
  insertResource(resource: Resource): Promise<InsertResult>
  insertClient(client: ClientRecord): Promise<InsertResult>
  setClientDisabled(id: string, disabled: boolean): Promise<void>
  /** Removes the client with its secrets and grants. */
  deleteClient(id: string): Promise<void>
  insertSigningKey(key: SigningKeyRecord): Promise<void>
  /** Records a revocation and forgets those whose token has expired before `nowSeconds`. */
  insertRevocation(revocation: RevocationRecord, nowSeconds: number): Promise<void>
  close(): Promise<void>
}

/** A place where a database is or will be. Opening it creates and migrates what is missing. */
export interface Storage {
  open(): Promise<StorageSession>
}

/** The database cannot be used at all. `location` is the operator's own path or URL without credentials. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: 'storage_unavailable' | 'storage_damaged'
  readonly location: string
  /** The operating system's code, such as `EACCES`, where there is one. */
  readonly systemCode: string | undefined

  constructor(
    code: StorageError['code'],
    location: string,
    explanation: string,
    systemCode?: string,
  ) {
    super(explanation)
    this.code = code
    this.location = location
    this.systemCode = systemCode
  }
}
