/**
 * What a client tells its observer. Events are safe to log as they are: they carry fingerprints,
 * codes, numbers and the caller's own scope and resource, never a token, a secret or text from the
 * wire.
 */
import type { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'
import type { UnauthorizedReason } from './unauthorized-decision.ts'

/** Which of a client's tokens an event is about. */
export interface TokenRequestLabel {
  readonly scope: string | undefined
  readonly resources: readonly string[]
  readonly audience: string | undefined
}

/**
 * Why a token request is made: there was no token (`empty`), the current one is due for renewal
 * (`due`), or a resource server refused the last one (`refused`).
 */
export type RenewalTrigger = 'empty' | 'due' | 'refused'

/**
 * What a circuit that is open holds back: all requests with the credential, one request, or the
 * metadata.
 */
export type CircuitSubject = 'credential' | 'request' | 'metadata'

/** Something a client did or learned. */
export type TokenClientEvent =
  | { readonly type: 'token_requested'; readonly request: TokenRequestLabel }
  | {
      readonly type: 'token_obtained'
      readonly request: TokenRequestLabel
      readonly trigger: RenewalTrigger
      readonly fingerprint: string
      readonly lifetimeSeconds: number
      /** When the background renewal begins, in seconds from the arrival. */
      readonly renewalAfterSeconds: number
      /** How long the token endpoint may be down from then on without a caller noticing. */
      readonly outageBudgetSeconds: number
      readonly attempts: number
    }
  | {
      /** Carries `servedFromCacheUntil` when callers go on with the current token. */
      readonly type: 'token_request_failed'
      readonly request: TokenRequestLabel
      readonly trigger: RenewalTrigger
      readonly error: TokenAcquisitionError
    }
  | {
      /** A token response without `expires_in`. Told once per client. */
      readonly type: 'lifetime_missing'
      readonly request: TokenRequestLabel
      readonly assumedSeconds: number
    }
  | {
      /** The server's lifetimes are too short for `surviveOutageSeconds`. Told once per client. */
      readonly type: 'outage_budget_unreachable'
      readonly request: TokenRequestLabel
      readonly wantedSeconds: number
      readonly achievableSeconds: number
    }
  | {
      readonly type: 'scope_narrowed'
      readonly request: TokenRequestLabel
      readonly fingerprint: string
      /** Whether the options accept it; otherwise the token is thrown away. */
      readonly isAccepted: boolean
    }
  | {
      /** A resource server answered 401. */
      readonly type: 'token_refused'
      readonly request: TokenRequestLabel
      readonly fingerprint: string
      readonly reason: UnauthorizedReason
    }
  | {
      readonly type: 'circuit_opened'
      readonly about: CircuitSubject
      readonly error: TokenAcquisitionError
    }
  | { readonly type: 'circuit_closed'; readonly about: CircuitSubject }
  | {
      /** Callers are refused because too many wait. Told once per token request. */
      readonly type: 'callers_turned_away'
      readonly request: TokenRequestLabel
      readonly waiting: number
    }
  | { readonly type: 'tokens_forgotten' }

/** Tells about something. Never throws. */
export type Report = (event: TokenClientEvent) => void

/** The label of a request. Extra parameters are left out: their values may be anything. */
export function labelOf(identity: TokenRequestIdentity): TokenRequestLabel {
  const { scope, resources, audience } = identity
  return { scope: scope?.text, resources, audience }
}
