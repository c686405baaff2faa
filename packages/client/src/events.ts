/**
 * What a client tells its observer. Events are safe to log as they are: they carry fingerprints,
 * codes, numbers and the caller's own scope and resource, never a token, a secret or text from the
 * wire.
 */
import type { UnusableReason } from './shared-store/sealing.ts'
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
 * (`due`), a resource server refused the last one (`refused`), or a call wants one that lives longer
 * than the current one has left (`too_short`).
 */
export type RenewalTrigger = 'empty' | 'due' | 'refused' | 'too_short'

/**
 * What a circuit that is open holds back: all requests with the credential, one request, or the
 * metadata.
 */
export type CircuitSubject = 'credential' | 'request' | 'metadata'

/**
 * What is wrong with a shared entry: see `UnusableReason`; or it is older than one that was seen before (`replayed`),
 * or holds something that the client would not have accepted from the token endpoint either (`not_usable`).
 */
export type SharedEntryReason = UnusableReason | 'replayed' | 'not_usable'

/** How a shared store failed. */
export type StoreTrouble = 'timed_out' | 'failed'

/** Something a client did or learned. */
export type TokenClientEvent =
  | { readonly type: 'token_requested'; readonly request: TokenRequestLabel }
  | {
      readonly type: 'token_obtained'
      readonly request: TokenRequestLabel
      readonly trigger: RenewalTrigger
      /** Different for every flight of a client, whatever its outcome. */
      readonly flightNumber: number
      /** How many callers waited for it. */
      readonly callers: number
      /** From the first attempt, the pauses before it not counted, to now. */
      readonly durationMs: number
      readonly fingerprint: string
      readonly lifetimeSeconds: number
      /** When the background renewal begins, in seconds from the arrival. */
      readonly renewalAfterSeconds: number
      /** How long the token endpoint may be down from then on without a caller noticing. */
      readonly outageBudgetSeconds: number
      /** How long the token that it replaces could still have been used; `undefined` without one. */
      readonly replacedLeftSeconds: number | undefined
      /** Token requests that were sent; 0 for a token that another process obtained. */
      readonly attempts: number
    }
  | {
      /** Carries `servedFromCacheUntil` when callers go on with the current token. */
      readonly type: 'token_request_failed'
      readonly request: TokenRequestLabel
      readonly trigger: RenewalTrigger
      /** As in `token_obtained`, and so are the next two. */
      readonly flightNumber: number
      readonly callers: number
      readonly durationMs: number
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
      /**
       * A call wants a token that lives longer than the server's tokens do, and gets what there is.
       * Told once per key.
       */
      readonly type: 'lifetime_floor_unreachable'
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
      /** All that a server misses in a proof is a nonce; the request is sent again with the one that it gave. */
      readonly type: 'nonce_requested'
      readonly request: TokenRequestLabel
      readonly by: 'authorization_server' | 'resource_server'
    }
  | {
      readonly type: 'circuit_opened'
      readonly about: CircuitSubject
      readonly error: TokenAcquisitionError
    }
  | { readonly type: 'circuit_closed'; readonly about: CircuitSubject }
  | {
      /** Four fifths of a mint budget are spent. Told once per window. */
      readonly type: 'mint_budget_near'
      readonly windowSeconds: number
      readonly limit: number
      readonly isEnforced: boolean
    }
  | {
      /** The last token request of a mint budget was sent. Told once per window. */
      readonly type: 'mint_budget_spent'
      readonly windowSeconds: number
      readonly limit: number
      readonly isEnforced: boolean
    }
  | {
      /** Callers are refused because too many wait. Told once per token request. */
      readonly type: 'callers_turned_away'
      readonly request: TokenRequestLabel
      readonly waiting: number
    }
  | { readonly type: 'tokens_forgotten' }
  | {
      /** A function or file gave no usable credential. Told at each attempt. */
      readonly type: 'credential_unavailable'
      /** Of several credentials which, from 1. */
      readonly position: number
      /** The system's code, such as `ENOENT`, from a fixed list. */
      readonly causeCode: string | undefined
    }
  | {
      /** Of several credentials another one is used from now on. Positions in the option, from 1. */
      readonly type: 'credential_fallback'
      readonly from: number
      readonly to: number
    }
  | {
      /** The authorization server's clock is more than 30 s ahead of this machine's, or behind it. Told once. */
      readonly type: 'clock_skewed'
      /** Negative where the server is behind. */
      readonly skewSeconds: number
    }
  | {
      /**
       * The server refused a Basic credential with characters that servers disagree about. If id and secret are
       * right, `clientSecretBasic` with the other `encoding`, or `clientSecretPost`, will do. Told once.
       */
      readonly type: 'basic_encoding_suspected'
    }
  | {
      /** A token that another process obtained was taken from the shared store. */
      readonly type: 'token_adopted'
      readonly request: TokenRequestLabel
      readonly fingerprint: string
      /** What is left of its lifetime. */
      readonly remainingSeconds: number
    }
  | {
      /** Another process learned that the current token is refused, or was told to forget it. */
      readonly type: 'token_retired'
      readonly request: TokenRequestLabel
      readonly fingerprint: string
    }
  | {
      /** An entry of the shared store is not what it should be, and is left alone. */
      readonly type: 'shared_entry_refused'
      readonly request: TokenRequestLabel
      readonly reason: SharedEntryReason
    }
  | {
      /** Another process had replaced the shared token when ours came to be written: the lease was lost. */
      readonly type: 'late_write_refused'
      readonly request: TokenRequestLabel
    }
  | {
      /** The shared store failed or was too slow; this process goes on by itself. Told once per outage. */
      readonly type: 'store_unavailable'
      readonly reason: StoreTrouble
    }
  | { readonly type: 'store_recovered'; readonly awaySeconds: number }

/** Tells about something. Never throws. */
export type Report = (event: TokenClientEvent) => void

/** The label of a request. Extra parameters are left out: their values may be anything. */
export function labelOf(identity: TokenRequestIdentity): TokenRequestLabel {
  const { scope, resources, audience } = identity
  return { scope: scope?.text, resources, audience }
}
