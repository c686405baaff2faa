/**
 * Authentication by a client secret, in a Basic header or in the body (RFC 6749 section 2.3.1).
 *
 * Invariants
 *  (1) An unknown client costs what a wrong secret costs: one digest is computed and compared either way.
 *  (2) Of Basic credentials both readings count, with the encoding of RFC 6749 section 2.3.1 and without: the second
 *      is tried after the first has failed, whoever is named in either.
 */
import type { BasicCredentials, ClientSecret } from '@mintmark/protocol'
import type { RefusalReason } from '../refusal.ts'
import type { RefusalDetail } from '../refusals/refusal-detail.ts'
import { secretIdOf } from '../registry/client-secret.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import type { SecretDigester } from '../registry/secret-digest.ts'
import type { SecretRecord } from '../storage/records.ts'
import {
  type Authentication,
  type FailedAuthentication,
  notAuthenticated,
} from './authentication.ts'
import type { ChosenCredentials } from './presented-credentials.ts'

/** A secret as a request presents it. */
export type PresentedSecret = Extract<ChosenCredentials, { readonly kind: 'secret' }>

/** What secrets are judged by. */
export interface SecretJudge {
  readonly registry: RegistrySnapshot
  readonly digester: SecretDigester
  readonly nowWallMs: number
}

/** Decides which client sent a request with a secret, or why that is not known. */
export function authenticateSecret(
  { readings, method }: PresentedSecret,
  judge: SecretJudge,
): Authentication {
  let failure: FailedAuthentication | undefined
  for (const reading of readings) {
    const authentication = authenticateWith(reading, method, judge)
    if (authentication.ok) return authentication
    // Told of is the one that names a client.
    if (failure?.clientId === undefined) failure = authentication
  }
  return failure ?? notAuthenticated('credentials_malformed', undefined)
}

function authenticateWith(
  { clientId, clientSecret }: BasicCredentials,
  method: PresentedSecret['method'],
  { registry, digester, nowWallMs }: SecretJudge,
): Authentication {
  const client = registry.client(clientId)
  const secret = matchingSecret(client, clientSecret, digester)
  const reason = refusalOf(client, secret, method, nowWallMs)
  if (client === undefined || reason !== undefined) {
    const detail = secret && secretDetail(secret, nowWallMs)
    return notAuthenticated(reason ?? 'client_unknown', client?.id, detail)
  }
  return { ok: true, client, method, secretId: secret?.id }
}

/** Which secret it was, and since when it is not accepted. */
function secretDetail(
  { id, retiredAtWallMs, expiresAtWallMs }: SecretRecord,
  nowWallMs: number,
): RefusalDetail {
  const endedAtWallMs = retiredAtWallMs ?? expiresAtWallMs
  if (endedAtWallMs === undefined || endedAtWallMs > nowWallMs) return { secretId: id }
  return { secretId: id, endedSecondsAgo: Math.floor((nowWallMs - endedAtWallMs) / 1000) }
}

/** The secret record that `presented` matches. Compares at least once, whatever is known about the client. */
function matchingSecret(
  client: RegisteredClient | undefined,
  presented: ClientSecret,
  digester: SecretDigester,
): SecretRecord | undefined {
  const candidates = candidatesOf(client, presented)
  return candidates.find(
    ({ verifier }) => verifier.kind === 'keyed' && digester.matches(presented, verifier.digest),
  )
}

/** A secret of our format names its record; any other text may be each of the client's. */
function candidatesOf(
  client: RegisteredClient | undefined,
  presented: ClientSecret,
): readonly SecretRecord[] {
  if (client === undefined || client.secrets.length === 0) return decoys
  if (client.secrets.length === 1) return client.secrets
  const id = secretIdOf(presented.reveal())
  const named = client.secrets.filter((secret) => secret.id === id)
  return named.length > 0 ? named : client.secrets
}

const decoys: readonly SecretRecord[] = [
  {
    id: 'decoy',
    label: undefined,
    verifier: { kind: 'keyed', digest: new Uint8Array(32) },
    sealed: undefined,
    createdAtWallMs: 0,
    expiresAtWallMs: 0,
    retiredAtWallMs: 0,
  },
]

function refusalOf(
  client: RegisteredClient | undefined,
  secret: SecretRecord | undefined,
  method: PresentedSecret['method'],
  nowWallMs: number,
): RefusalReason | undefined {
  if (client === undefined) return 'client_unknown'
  if (secret === undefined) return 'secret_wrong'
  if (secret.retiredAtWallMs !== undefined) return 'secret_retired'
  if (secret.expiresAtWallMs !== undefined && secret.expiresAtWallMs <= nowWallMs) {
    return 'secret_expired'
  }
  if (client.disabled) return 'client_disabled'
  if (!client.authenticationMethods.has(method)) return 'authentication_method_not_registered'
  return undefined
}
