/**
 * The secrets that a client is to have, against those that it has.
 *
 * A secret is recognised by its digest, or by an id that is made of its hash, so that declaring it again changes
 * nothing: also after it was used and its hash gave way to a digest, and also after it was retired, which it stays.
 */
import { createHmac } from 'node:crypto'
import type { ClientSecret } from '@mintmark/protocol'
import { importedHashText } from '../client-authentication/imported-secrets/imported-hash-spellings.ts'
import { clientSecretLengthMax, liveSecretsMax } from '../limits.ts'
import { secretState } from '../registry/client-view.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import type { RegistryWorld } from '../registry/registry-world.ts'
import { checkSecretDraft } from '../registry/secret-draft.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { ClientRecord, SecretRecord } from '../storage/records.ts'
import type { StoredChange } from '../storage/stored-change.ts'
import type { DeclaredSecret } from './declared-registry.ts'
import type { ExportSealer } from './exported-secret.ts'

/** What declared secrets are compared and made with. */
export interface DeclaredSecretWorld extends RegistryWorld {
  readonly exportSealer: ExportSealer
  /** The id of a secret that brings none, made of what is known of it. */
  readonly secretIdFor: (clientId: string, material: Uint8Array) => string
}

/** The changes that give a client its declared secrets, and what was noticed. */
export interface SecretDifference {
  readonly changes: readonly StoredChange[]
  readonly details: readonly string[]
  readonly drift: readonly string[]
  /** All secrets that the client has afterwards, for one that is created with them. */
  readonly secrets: readonly SecretRecord[]
}

/** Makes ids of secrets under a key of their own: an id tells nothing about the secret. */
export function createSecretNaming(masterKey: Uint8Array): DeclaredSecretWorld['secretIdFor'] {
  const key = deriveKey(masterKey, 'ids of declared secrets')
  return (clientId, material) => {
    const digest = createHmac('sha256', key).update(`${clientId}\n`).update(material).digest()
    return digest
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 10)
  }
}

/** Compares what is declared with what `client` has. `prune` retires what is not declared. */
export function secretDifference(
  client: ClientRecord,
  declared: readonly DeclaredSecret[],
  prune: boolean,
  world: DeclaredSecretWorld,
): Registered<SecretDifference> {
  const nowWallMs = world.clock.wallMs()
  const clientId = client.id
  const changes: StoredChange[] = []
  const details: string[] = []
  const drift: string[] = []
  const wanted = new Set<string>()
  const secrets = new Map(client.secrets.map((secret) => [secret.id, secret]))
  for (const one of declared) {
    const made = declaredRecord(client, one, world)
    if (!made.ok) return made
    const known = secrets.get(made.value.id)
    wanted.add(made.value.id)
    const { id, label, expiresAtWallMs } = made.value
    if (known === undefined) {
      changes.push({ type: 'secret_added', clientId, secret: made.value })
      details.push(`secret ${id} added`)
      secrets.set(id, made.value)
    } else if (known.retiredAtWallMs !== undefined) {
      drift.push(`client ${clientId}: secret ${id} is retired here and stays so`)
    } else if (known.label !== label || known.expiresAtWallMs !== expiresAtWallMs) {
      changes.push({ type: 'secret_updated', clientId, secretId: id, label, expiresAtWallMs })
      details.push(`secret ${id} changed`)
    }
  }
  const live = [...secrets.values()].filter((one) => secretState(one, nowWallMs) === 'active')
  const surplus = live.filter((one) => !wanted.has(one.id))
  for (const { id } of prune ? surplus : []) {
    const retired = { type: 'secret_retired', clientId, secretId: id, retiredAtWallMs: nowWallMs }
    changes.push(retired as StoredChange)
    details.push(`secret ${id} retired`)
  }
  const remaining = live.length - (prune ? surplus.length : 0)
  if (remaining > liveSecretsMax) return notRegistered('secrets_too_many', clientId)
  return registered({ changes, details, drift, secrets: [...secrets.values()] })
}

/** The record of a declared secret, with the id of the one that the client has, if it is that. */
function declaredRecord(
  client: ClientRecord,
  { value, label, expiresAt }: DeclaredSecret,
  world: DeclaredSecretWorld,
): Registered<SecretRecord> {
  const made = declaredVerifier(client, value, world)
  if (!made.ok) return made
  // An expiry that is over is no mistake in what others exported: the secret is then refused here as it was there.
  const checked = checkSecretDraft({ label, expiresAt }, Number.NEGATIVE_INFINITY)
  if (!checked.ok) return checked
  return registered({ ...made.value, ...checked.value, retiredAtWallMs: undefined })
}

type VerifiedSecret = Pick<SecretRecord, 'id' | 'verifier' | 'sealed' | 'createdAtWallMs'>

function declaredVerifier(
  client: ClientRecord,
  value: DeclaredSecret['value'],
  world: DeclaredSecretWorld,
): Registered<VerifiedSecret> {
  switch (value.kind) {
    case 'plain':
      return plainSecret(client, value.secret, world)
    case 'hash':
      return hashedSecret(client, value.hash, world)
    case 'exported': {
      const { secretId: id, sealed } = value
      const opened = world.exportSealer.open(sealed, client.id, id)
      if (opened === undefined) return notRegistered('secret_not_ours', id)
      return registered({ id, ...opened })
    }
  }
}

/** Somebody else's secret may be shorter than one that we would let anybody bring. */
function plainSecret(
  client: ClientRecord,
  secret: ClientSecret,
  { digester, sealer, clock, secretIdFor }: DeclaredSecretWorld,
): Registered<VerifiedSecret> {
  const text = secret.reveal()
  if (text.length === 0 || text.length > clientSecretLengthMax) {
    return notRegistered('secret_length', '')
  }
  if (!/^[\x20-\x7e]+$/.test(text)) return notRegistered('secret_alphabet', '')
  const digest = digester.digest(secret)
  const known = client.secrets.find(
    ({ verifier }) => verifier.kind === 'keyed' && Buffer.from(verifier.digest).equals(digest),
  )
  const id = known?.id ?? secretIdFor(client.id, digest)
  const isKept = client.authenticationMethods.includes('client_secret_jwt')
  return registered({
    id,
    verifier: { kind: 'keyed', digest },
    sealed: isKept ? sealer.seal(secret, { clientId: client.id, secretId: id }) : undefined,
    createdAtWallMs: clock.wallMs(),
  })
}

function hashedSecret(
  client: ClientRecord,
  foreign: string,
  { clock, secretIdFor }: DeclaredSecretWorld,
): Registered<VerifiedSecret> {
  if (client.authenticationMethods.includes('client_secret_jwt')) {
    return notRegistered('secret_not_plain', client.id)
  }
  const text = importedHashText(foreign)
  if (!text.ok) return notRegistered('secret_hash_unknown', client.id)
  return registered({
    id: secretIdFor(client.id, Buffer.from(text.value, 'utf8')),
    verifier: { kind: 'imported', hash: text.value },
    sealed: undefined,
    createdAtWallMs: clock.wallMs(),
  })
}
