/** What client authentication answers. */
import type { RefusalReason } from '../refusal.ts'
import type { RefusalDetail } from '../refusals/refusal-detail.ts'
import type { AuthenticationMethod } from '../registry/client.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'

/** The client that sent a request, and how it proved that. */
export interface AuthenticatedClient {
  readonly ok: true
  readonly client: RegisteredClient
  readonly method: AuthenticationMethod
  /** Which of its secrets it used, if it used one. */
  readonly secretId: string | undefined
}

/** Why it is not known which client sent a request. */
export interface FailedAuthentication {
  readonly ok: false
  readonly reason: RefusalReason
  /** Set when the registry knows the client. */
  readonly clientId: string | undefined
  /** For the operator. */
  readonly detail?: RefusalDetail | undefined
}

/** Which client sent a request, or why that is not known. */
export type Authentication = AuthenticatedClient | FailedAuthentication

/** A failed authentication. `clientId` is that of a client which the registry knows. */
export function notAuthenticated(
  reason: RefusalReason,
  clientId: string | undefined,
  detail?: RefusalDetail,
): FailedAuthentication {
  return { ok: false, reason, clientId, detail }
}
