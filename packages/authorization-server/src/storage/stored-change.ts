/**
 * Everything that can change in the database, as values. A change is also what the audit trail records and what other
 * nodes look for, so each names what it is about.
 */
import type { Resource } from '../registry/resource.ts'
import type {
  ClientRecord,
  RevocationEpoch,
  RevocationRecord,
  SecretRecord,
  SecretVerifier,
  SigningKeyRecord,
  SigningKeySchedule,
} from './records.ts'

/** A client without its secrets, which have changes of their own. */
export type ClientWithoutSecrets = Omit<ClientRecord, 'secrets'>

/** One change. */
export type StoredChange =
  | { readonly type: 'resource_created'; readonly resource: Resource }
  /** Replaces all of a resource but its id and creation. */
  | { readonly type: 'resource_updated'; readonly resource: Resource }
  /** Also takes it from every client's grants. */
  | { readonly type: 'resource_deleted'; readonly id: string }
  | { readonly type: 'client_created'; readonly client: ClientRecord }
  /** Replaces all of a client but its id, creation and secrets. */
  | { readonly type: 'client_updated'; readonly client: ClientWithoutSecrets }
  | { readonly type: 'client_disabled'; readonly id: string }
  | { readonly type: 'client_enabled'; readonly id: string }
  /** Removes the client with its secrets and grants. */
  | { readonly type: 'client_deleted'; readonly id: string }
  | { readonly type: 'secret_added'; readonly clientId: string; readonly secret: SecretRecord }
  | {
      readonly type: 'secret_updated'
      readonly clientId: string
      readonly secretId: string
      readonly label: string | undefined
      readonly expiresAtWallMs: number | undefined
    }
  | {
      readonly type: 'secret_retired'
      readonly clientId: string
      readonly secretId: string
      readonly retiredAtWallMs: number
    }
  /** Forgets a secret altogether. */
  | { readonly type: 'secret_deleted'; readonly clientId: string; readonly secretId: string }
  /** The slow hash of an imported secret gave way to a keyed digest. */
  | {
      readonly type: 'secret_rehashed'
      readonly clientId: string
      readonly secretId: string
      readonly verifier: SecretVerifier
    }
  | {
      readonly type: 'signing_key_created'
      readonly key: SigningKeyRecord
      /**
       * The `kid`s, sorted, that the algorithm has so far: as `exists` refused when it has others, so that whoever
       * decided by them has to look again. `undefined`: whatever there is.
       */
      readonly besides?: readonly string[]
    }
  | {
      readonly type: 'signing_key_scheduled'
      readonly kid: string
      readonly schedule: SigningKeySchedule
    }
  /** Takes a retired key out of the database. */
  | { readonly type: 'signing_key_deleted'; readonly kid: string }
  | { readonly type: 'token_revoked'; readonly revocation: RevocationRecord }
  | { readonly type: 'client_tokens_revoked'; readonly epoch: RevocationEpoch }
  | { readonly type: 'setting_changed'; readonly name: string; readonly value: string }

/** What a change is about: the kind of thing and its identifier. */
export interface ChangeSubject {
  readonly kind: 'resource' | 'client' | 'signing_key' | 'token' | 'epoch' | 'setting'
  readonly id: string
}

/** What `change` is about. A change of a secret is about its client: that is what other nodes have to read again. */
export function subjectOf(change: StoredChange): ChangeSubject {
  switch (change.type) {
    case 'resource_created':
    case 'resource_updated':
      return { kind: 'resource', id: change.resource.id }
    case 'resource_deleted':
      return { kind: 'resource', id: change.id }
    case 'client_created':
    case 'client_updated':
      return { kind: 'client', id: change.client.id }
    case 'client_disabled':
    case 'client_enabled':
    case 'client_deleted':
      return { kind: 'client', id: change.id }
    case 'secret_added':
    case 'secret_updated':
    case 'secret_retired':
    case 'secret_deleted':
    case 'secret_rehashed':
      return { kind: 'client', id: change.clientId }
    case 'signing_key_created':
      return { kind: 'signing_key', id: change.key.kid }
    case 'signing_key_scheduled':
    case 'signing_key_deleted':
      return { kind: 'signing_key', id: change.kid }
    case 'token_revoked':
      return { kind: 'token', id: change.revocation.jti }
    case 'client_tokens_revoked':
      return { kind: 'epoch', id: change.epoch.clientId }
    case 'setting_changed':
      return { kind: 'setting', id: change.name }
  }
}
