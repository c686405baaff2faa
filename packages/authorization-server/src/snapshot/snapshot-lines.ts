/**
 * The stored state as lines of JSON, and back. Only what was sealed under our own master key is read again, so it is
 * trusted to be what we wrote; another version of the lines is not read at all.
 */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { scopeOf } from '@mintmark/protocol'
import type { Grant } from '../registry/client.ts'
import { parseClientSettings, serialiseClientSettings } from '../registry/client-settings.ts'
import {
  parseResourceSettings,
  type Resource,
  serialiseResourceSettings,
  type TokenFormat,
} from '../registry/resource.ts'
import {
  createRecordSharing,
  type RecordSharing,
  type StoredGrant,
} from '../storage/record-sharing.ts'
import type { ClientRecord, SecretRecord, SigningKeyRecord } from '../storage/records.ts'
import type { StoredState } from '../storage/storage.ts'

/** Raised whenever the lines change. */
export const snapshotLinesVersion = 1

/** The first line. */
interface Head {
  readonly version: number
  readonly sequence: number
  /** When the database last said that this is its state. */
  readonly confirmedAtWallMs: number
}

/** A state, and when the database last said that it is its own. */
export interface LastKnownState {
  readonly state: StoredState
  readonly confirmedAtWallMs: number
}

/** The lines one by one; lazily, so that a large registry can be written in pieces. */
export function* linesOf({ state, confirmedAtWallMs }: LastKnownState): Generator<string> {
  const { sequence, resources, clients, signingKeys, revocations, epochs } = state
  const head: Head = { version: snapshotLinesVersion, sequence, confirmedAtWallMs }
  yield JSON.stringify(head)
  for (const resource of resources) yield JSON.stringify(['r', resourceFields(resource)])
  for (const key of signingKeys) yield JSON.stringify(['k', keyFields(key)])
  for (const epoch of epochs) yield JSON.stringify(['e', epoch])
  for (const revocation of revocations) yield JSON.stringify(['t', revocation])
  for (const client of clients) yield JSON.stringify(['c', clientFields(client)])
}

/** Reads the lines; `undefined` when they are of another version. */
export function readLines(lines: Iterable<string>): LastKnownState | undefined {
  const state = {
    ...{ resources: [] as Resource[], signingKeys: [] as SigningKeyRecord[] },
    ...{ clients: [] as ClientRecord[], revocations: [] as StoredState['revocations'][number][] },
    epochs: [] as StoredState['epochs'][number][],
  }
  const sharing = createRecordSharing()
  let head: Head | undefined
  for (const line of lines) {
    if (head === undefined) {
      head = JSON.parse(line) as Head
      if (head.version !== snapshotLinesVersion) return undefined
      continue
    }
    const [kind, fields] = JSON.parse(line)
    if (kind === 'c') state.clients.push(clientFrom(fields, sharing))
    else if (kind === 'r') addUnderstood(state.resources, resourceFrom(fields))
    else if (kind === 'k') state.signingKeys.push(keyFrom(fields))
    else if (kind === 'e') state.epochs.push(fields)
    else if (kind === 't') state.revocations.push(fields)
  }
  if (head === undefined) return undefined
  return {
    state: { sequence: head.sequence, ...state },
    confirmedAtWallMs: head.confirmedAtWallMs,
  }
}

function addUnderstood<Item>(items: Item[], item: Item | undefined): void {
  if (item !== undefined) items.push(item)
}

const octetsText = (octets: Uint8Array): string => Buffer.from(octets).toString('base64url')
const octetsFrom = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'))
const optional = <Value>(value: Value | null | undefined): Value | undefined => value ?? undefined

function resourceFields(resource: Resource) {
  const { settings, scopes, ...others } = resource
  return { ...others, scopes: scopes.tokens, settings: serialiseResourceSettings(settings) }
}

function resourceFrom(fields: ReturnType<typeof resourceFields>): Resource | undefined {
  const settings = parseResourceSettings(fields.settings)
  if (settings === undefined) return undefined
  return {
    ...fields,
    lifetimeSeconds: optional(fields.lifetimeSeconds),
    tokenFormat: fields.tokenFormat as TokenFormat,
    scopes: scopeOf(fields.scopes),
    settings,
  }
}

function keyFields(key: SigningKeyRecord) {
  return { ...key, sealed: octetsText(key.sealed) }
}

function keyFrom(fields: ReturnType<typeof keyFields>): SigningKeyRecord {
  return {
    ...fields,
    algorithm: fields.algorithm as SignatureAlgorithm,
    sealed: octetsFrom(fields.sealed),
    signer: optional(fields.signer),
    retiresAtWallMs: optional(fields.retiresAtWallMs),
    compromisedAtWallMs: optional(fields.compromisedAtWallMs),
  }
}

/** In the order of {@link clientFrom}: there may be a hundred thousand, and names would be half of each line. */
function clientFields(client: ClientRecord) {
  return [
    client.id,
    client.disabled ? 1 : 0,
    client.authenticationMethods.join(' '),
    client.grants.map(grantFields),
    client.secrets.map(secretFields),
    client.servesResources,
    client.settings === undefined ? null : serialiseClientSettings(client.settings),
    client.createdAtWallMs,
  ] as const
}

function grantFields({ resource, scopes, defaultScopes }: Grant): StoredGrant {
  return [resource, scopes.text, defaultScopes?.text ?? null]
}

function clientFrom(
  [id, disabled, methods, grants, secrets, servesResources, settings, createdAtWallMs]: ReturnType<
    typeof clientFields
  >,
  sharing: RecordSharing,
): ClientRecord {
  return {
    id,
    disabled: disabled !== 0,
    authenticationMethods: sharing.methods(methods),
    grants: sharing.grants(grants),
    secrets: secrets.map(secretFrom),
    servesResources: sharing.names(servesResources),
    // Not understood when it was written: not understood now.
    settings: settings === null ? undefined : parseClientSettings(settings),
    createdAtWallMs,
  }
}

/** What is undefined is left out by JSON. */
function secretFields(secret: SecretRecord) {
  const { verifier } = secret
  return {
    id: secret.id,
    label: secret.label,
    digest: verifier.kind === 'keyed' ? octetsText(verifier.digest) : undefined,
    hash: verifier.kind === 'imported' ? verifier.hash : undefined,
    sealed: secret.sealed === undefined ? undefined : octetsText(secret.sealed),
    created: secret.createdAtWallMs,
    expires: secret.expiresAtWallMs,
    retired: secret.retiredAtWallMs,
  }
}

function secretFrom(fields: ReturnType<typeof secretFields>): SecretRecord {
  return {
    id: fields.id,
    label: fields.label,
    verifier:
      fields.hash === undefined
        ? { kind: 'keyed', digest: octetsFrom(fields.digest ?? '') }
        : { kind: 'imported', hash: fields.hash },
    sealed: fields.sealed === undefined ? undefined : octetsFrom(fields.sealed),
    createdAtWallMs: fields.created,
    expiresAtWallMs: fields.expires,
    retiredAtWallMs: fields.retired,
  }
}
