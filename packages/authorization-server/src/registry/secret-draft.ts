/** A client secret as an operator asks for it, checked, and what is stored of it. */
import type { ClientSecret } from '@mintmark/protocol'
import type { Clock, RandomSource } from '@mintmark/runtime'
import { clientSecretLengthMax, clientSecretLengthMin, macSecretLengthMin } from '../limits.ts'
import type { ClientRecord, SecretRecord } from '../storage/records.ts'
import type { AuthenticationMethod } from './client.ts'
import { generateClientSecret, generateSecretId, type SecretEnvironment } from './client-secret.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import type { SecretDigester } from './secret-digest.ts'
import type { SecretSealer } from './secret-sealing.ts'
import { label } from './setting-values.ts'

/** A further secret of a client. */
export interface SecretDraft {
  /** What the operator calls it: who has it, or why it was made. */
  readonly label?: string | undefined
  /** ISO 8601; from then on it is refused. Default: never. */
  readonly expiresAt?: string | undefined
  /** An existing secret of 8 to 512 printable characters. Default: one of 256 bits is made. */
  readonly clientSecret?: ClientSecret | undefined
}

/** What is to be different about a secret. `undefined` keeps a member, `null` takes it away. */
export interface SecretPatch {
  readonly label?: string | null | undefined
  readonly expiresAt?: string | null | undefined
}

/** What secrets are made with. */
export interface SecretWorld {
  readonly clock: Clock
  readonly random: RandomSource
  readonly digester: SecretDigester
  readonly sealer: SecretSealer
  readonly secretEnvironment: SecretEnvironment
}

/** A secret and what is stored of it. */
export interface IssuedSecret {
  readonly secret: ClientSecret
  readonly record: SecretRecord
}

/** What is checked of a secret draft. */
export interface CheckedSecret {
  readonly label: string | undefined
  readonly expiresAtWallMs: number | undefined
}

/** Checks the form of a draft: the secret that is brought, the label, the expiry. */
export function checkSecretDraft(draft: SecretDraft, nowWallMs: number): Registered<CheckedSecret> {
  const brought = checkSecret(draft.clientSecret)
  if (!brought.ok) return brought
  const named = draft.label === undefined ? registered(undefined) : label(draft.label, 'label')
  if (!named.ok) return named
  const expiry = checkExpiry(draft.expiresAt, nowWallMs)
  if (!expiry.ok) return expiry
  return registered({ label: named.value, expiresAtWallMs: expiry.value })
}

/** Checks the form of a secret that somebody brings along. Never says anything about its text. */
export function checkSecret(secret: ClientSecret | undefined): Registered<undefined> {
  if (secret === undefined) return registered(undefined)
  const text = secret.reveal()
  if (text.length < clientSecretLengthMin || text.length > clientSecretLengthMax) {
    return notRegistered('secret_length', '')
  }
  return /^[\x20-\x7e]+$/.test(text) ? registered(undefined) : notRegistered('secret_alphabet', '')
}

/** A secret that is to be a key of HS256 has as many octets as the hash at least (RFC 7518 section 3.2). */
export function checkMacSecret(
  secret: ClientSecret | undefined,
  methods: readonly AuthenticationMethod[],
): Registered<undefined> {
  const isShort = secret !== undefined && secret.reveal().length < macSecretLengthMin
  const isKey = methods.includes('client_secret_jwt')
  return isShort && isKey ? notRegistered('secret_length', '') : registered(undefined)
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

function checkExpiry(text: string | undefined, nowWallMs: number): Registered<number | undefined> {
  if (text === undefined) return registered(undefined)
  const expiresAtWallMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(expiresAtWallMs)) return notRegistered('expiry_malformed', text.slice(0, 60))
  return expiresAtWallMs > nowWallMs
    ? registered(expiresAtWallMs)
    : notRegistered('expiry_past', text)
}

/** Checks what `patch` makes of a secret. */
export function checkSecretPatch(
  secret: SecretRecord,
  patch: SecretPatch,
  nowWallMs: number,
): Registered<CheckedSecret> {
  if (secret.retiredAtWallMs !== undefined) return notRegistered('secret_retired', secret.id)
  const checked = checkSecretDraft(
    { label: patch.label ?? undefined, expiresAt: patch.expiresAt ?? undefined },
    nowWallMs,
  )
  if (!checked.ok) return checked
  const { label: named, expiresAtWallMs } = checked.value
  return registered({
    label: patch.label === undefined ? secret.label : named,
    expiresAtWallMs: patch.expiresAt === undefined ? secret.expiresAtWallMs : expiresAtWallMs,
  })
}

/** Makes a secret, or takes the one that was brought. Only what `client_secret_jwt` needs is sealed and kept. */
export function issueSecret(
  client: Pick<ClientRecord, 'id' | 'authenticationMethods'>,
  brought: ClientSecret | undefined,
  checked: CheckedSecret,
  { clock, random, digester, sealer, secretEnvironment }: SecretWorld,
): IssuedSecret {
  const { id, secret } =
    brought === undefined
      ? generateClientSecret(random, secretEnvironment)
      : { id: generateSecretId(random), secret: brought }
  const isKept = client.authenticationMethods.includes('client_secret_jwt')
  const record: SecretRecord = {
    id,
    label: checked.label,
    verifier: { kind: 'keyed', digest: digester.digest(secret) },
    sealed: isKept ? sealer.seal(secret, { clientId: client.id, secretId: id }) : undefined,
    createdAtWallMs: clock.wallMs(),
    expiresAtWallMs: checked.expiresAtWallMs,
    retiredAtWallMs: undefined,
  }
  return { secret, record }
}

/** Whether the client proves itself with a secret in one way or another. */
export function usesSecrets({
  authenticationMethods,
}: Pick<ClientRecord, 'authenticationMethods'>) {
  return authenticationMethods.some((method) => method.startsWith('client_secret_'))
}
