/**
 * Client authentication at the token, introspection and revocation endpoints (RFC 6749 sections 2.3 and 3.2.1).
 *
 * Invariants
 *  (1) At most one method is presented. Two are `invalid_request`, decided before any secret is looked at.
 *  (2) An unknown client costs what a wrong secret costs: one digest is computed and compared either way.
 *  (3) Of Basic credentials both readings count, with the encoding of RFC 6749 section 2.3.1 and without: the second
 *      is tried after the first has failed, whoever is named in either.
 *  (4) Every other failure leaves as `invalid_client`; its true reason goes to the observer and nowhere else.
 */
import { type BasicCredentials, type ClientSecret, parseBasicReadings } from '@mintmark/protocol'
import { severalHeaders } from '../http/endpoint.ts'
import type { RefusalReason } from '../refusal.ts'
import type { RefusalDetail } from '../refusals/refusal-detail.ts'
import type { AuthenticationMethod } from '../registry/client.ts'
import { secretIdOf } from '../registry/client-secret.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import type { SecretDigester } from '../registry/secret-digest.ts'
import type { SecretRecord } from '../storage/records.ts'

/** The credentials of one request, wherever it carries them. */
export interface PresentedCredentials {
  readonly authorization: string | undefined | typeof severalHeaders
  readonly bodyClientId: string | undefined
  readonly bodyClientSecret: ClientSecret | undefined
  /** Whether there is a client assertion (RFC 7521 section 4.2), which no client can be registered with yet. */
  readonly hasAssertion: boolean
}

/** The client that sent a request, and how it proved that. */
export interface AuthenticatedClient {
  readonly ok: true
  readonly client: RegisteredClient
  readonly method: AuthenticationMethod
  /** Which of its secrets it used, if it used one. */
  readonly secretId: string | undefined
}

/** Which client sent a request, or why that is not known. */
export type Authentication = AuthenticatedClient | FailedAuthentication

/** Why it is not known which client sent a request. */
export interface FailedAuthentication {
  readonly ok: false
  readonly reason: RefusalReason
  /** Set when the registry knows the client. */
  readonly clientId: string | undefined
  /** For the operator. */
  readonly detail?: RefusalDetail | undefined
}

/** Decides which client sent a request, or why that is not known. */
export function authenticateClient(
  presented: PresentedCredentials,
  registry: RegistrySnapshot,
  digester: SecretDigester,
  nowWallMs: number,
): Authentication {
  const chosen = chooseCredentials(presented)
  if (!chosen.ok) return { ok: false, reason: chosen.reason, clientId: undefined }
  let failure: FailedAuthentication | undefined
  for (const reading of chosen.readings) {
    const authentication = authenticateWith(reading, chosen.method, {
      registry,
      digester,
      nowWallMs,
    })
    if (authentication.ok) return authentication
    // Told of is the one that names a client.
    if (failure?.clientId === undefined) failure = authentication
  }
  return failure ?? { ok: false, reason: 'credentials_malformed', clientId: undefined }
}

/** What credentials are judged by. */
interface Judge {
  readonly registry: RegistrySnapshot
  readonly digester: SecretDigester
  readonly nowWallMs: number
}

function authenticateWith(
  { clientId, clientSecret }: BasicCredentials,
  method: AuthenticationMethod,
  { registry, digester, nowWallMs }: Judge,
): Authentication {
  const client = registry.client(clientId)
  const secret = matchingSecret(client, clientSecret, digester)
  const reason = refusalOf(client, secret, method, nowWallMs)
  if (client === undefined || reason !== undefined) {
    const detail = secret && secretDetail(secret, nowWallMs)
    return { ok: false, reason: reason ?? 'client_unknown', clientId: client?.id, detail }
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

type Chosen =
  | {
      readonly ok: true
      /** At least one, in the order in which they are tried. */
      readonly readings: readonly BasicCredentials[]
      readonly method: AuthenticationMethod
    }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Finds the one method that a request uses. */
function chooseCredentials(presented: PresentedCredentials): Chosen {
  const { authorization, bodyClientId, bodyClientSecret, hasAssertion } = presented
  if (authorization === severalHeaders) return notChosen('several_authorization_headers')
  const methods = [authorization !== undefined, bodyClientSecret !== undefined, hasAssertion]
  if (methods.filter(Boolean).length > 1) return notChosen('several_authentication_methods')
  if (hasAssertion) return notChosen('authentication_method_not_registered')
  if (authorization !== undefined) return basicCredentials(authorization, bodyClientId)
  if (bodyClientId === undefined || bodyClientSecret === undefined) {
    return notChosen('credentials_missing')
  }
  const credentials = { clientId: bodyClientId, clientSecret: bodyClientSecret }
  return { ok: true, readings: [credentials], method: 'client_secret_post' }
}

function basicCredentials(authorization: string, bodyClientId: string | undefined): Chosen {
  const basic = parseBasicReadings(authorization)
  if (!basic.ok) return notChosen('credentials_malformed')
  const readings = basic.value.filter(
    ({ clientId }) => bodyClientId === undefined || bodyClientId === clientId,
  )
  if (readings.length === 0) return notChosen('client_ids_differ')
  return { ok: true, readings, method: 'client_secret_basic' }
}

function notChosen(reason: RefusalReason): Chosen {
  return { ok: false, reason }
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
  method: AuthenticationMethod,
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
