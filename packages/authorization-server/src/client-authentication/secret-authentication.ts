/**
 * Authentication by a client secret, in a Basic header or in the body (RFC 6749 section 2.3.1).
 *
 * Invariants
 *  (1) An unknown client costs what a wrong secret costs, in any format and however many secrets the client has: one
 *      digest. What is left of a difference is a comparison of 32 octets for each secret.
 *  (2) Of Basic credentials both readings count, with the encoding of RFC 6749 section 2.3.1 and without: the second
 *      is tried after the first has failed, whoever is named in either.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { RefusalReason } from '../refusal.ts'
import type { RefusalDetail } from '../refusals/refusal-detail.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import type { SecretRecord } from '../storage/records.ts'
import {
  type Authentication,
  type FailedAuthentication,
  notAuthenticated,
} from './authentication.ts'
import {
  type ImportedCandidate,
  type ImportedJudge,
  importedCandidates,
  matchingImport,
} from './imported-secrets/imported-secret-authentication.ts'
import type { ChosenCredentials } from './presented-credentials.ts'
import type { RecognisedCredentials } from './recognised-credentials.ts'

/** A secret as a request presents it. */
export type PresentedSecret = Extract<ChosenCredentials, { readonly kind: 'secret' }>

/** What secrets are judged by. */
export interface SecretJudge extends ImportedJudge {
  readonly registry: () => RegistrySnapshot
}

/** Judges a secret that was recognised, as when it was read. */
export function authenticateRecognised(
  { client, secret }: RecognisedCredentials,
  nowWallMs: number,
): Authentication {
  return concluded(client, secret, 'client_secret_basic', nowWallMs)
}

/** Decides which client sent a request with a secret, or why that is not known. At once, unless one was imported. */
export function authenticateSecret(
  { readings, method }: PresentedSecret,
  judge: SecretJudge,
  nowWallMs: number,
): MaybePromise<Authentication> {
  const registry = judge.registry()
  let failure: FailedAuthentication | undefined
  for (const { clientId, clientSecret } of readings) {
    const client = registry.client(clientId)
    const secret = judge.digester.matching(clientSecret, client?.secrets ?? none)
    const authentication = concluded(client, secret, method, nowWallMs)
    if (authentication.ok) return authentication
    // Told of is the one that names a client.
    if (failure?.clientId === undefined) failure = authentication
  }
  failure ??= notAuthenticated('credentials_malformed', undefined)
  const candidates = importedCandidates(readings, registry, nowWallMs)
  if (candidates.length === 0) return failure
  return authenticateImport(candidates, failure, { method, nowWallMs, judge })
}

async function authenticateImport(
  candidates: readonly ImportedCandidate[],
  failure: FailedAuthentication,
  attempt: {
    readonly method: PresentedSecret['method']
    readonly nowWallMs: number
    readonly judge: SecretJudge
  },
): Promise<Authentication> {
  const { method, nowWallMs, judge } = attempt
  const found = await matchingImport(candidates, judge)
  if (found === undefined) return failure
  if (found === 'overloaded') return notAuthenticated(found, candidates[0]?.client.id)
  const { client, record, reading } = found
  const authentication = concluded(client, record, method, nowWallMs)
  const secret = reading.clientSecret
  if (authentication.ok) judge.rehash({ clientId: client.id, secretId: record.id, secret })
  return authentication
}

function concluded(
  client: RegisteredClient | undefined,
  secret: SecretRecord | undefined,
  method: PresentedSecret['method'],
  nowWallMs: number,
): Authentication {
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

/** What an unknown client is compared with. */
const none: readonly SecretRecord[] = []

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
