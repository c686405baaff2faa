/**
 * When a token is renewed and when it is no longer used: pure arithmetic on the lifetime the server
 * granted (RFC 6749 section 5.1). All instants are monotonic, counted from the arrival of the token
 * response.
 *
 * Invariants, for every lifetime and every policy
 *  (1) arrival < hard expiry < arrival + lifetime, or the lifetime is too short to be used at all.
 *  (2) From a lifetime of 2 s on: arrival + a tenth of the usable lifetime <= renewal instant <
 *      hard expiry, with a twentieth of the usable lifetime, at most a minute, between the two. So
 *      there is neither a loop of renewals nor a dead zone.
 *  (3) Below 2 s the renewal instant is the hard expiry: the token is renewed on demand.
 *  (4) The renewal instant is drawn once per token. Drawing it again per call would let the busiest
 *      caller win every time and bring all renewals to the start of the window.
 */
import {
  backgroundRenewalLifetimeSecondsMin,
  marginSecondsMax,
  marginShare,
  renewalFloorShare,
  renewalReserveSecondsMax,
  renewalReserveShare,
  renewalShareFromDefault,
  renewalShareToDefault,
} from './limits.ts'

/**
 * The window from which the renewal instant is drawn, as shares of the lifetime or as seconds
 * before its end.
 */
export type RenewalWindow =
  | { readonly fromShare: number; readonly toShare: number }
  | { readonly secondsBeforeExpiry: number }

/** What a client's options say about lifetimes. */
export interface LifetimePolicy {
  readonly renewal: RenewalWindow
  /** How long callers must survive without a token endpoint, in seconds; `undefined`: no demand. */
  readonly surviveOutageSeconds: number | undefined
  /** By how much the clocks of the servers may differ, in seconds; added to the safety margin. */
  readonly clockSkewSeconds: number
}

/** A token's lifetime as granted. */
export interface GrantedLifetime {
  readonly arrivedAtMonotonicMs: number
  readonly lifetimeSeconds: number
  /** When the server wants to be asked again, in seconds from the arrival. */
  readonly refreshInSeconds: number | undefined
}

/** What the lifetime means for the client. */
export interface TokenSchedule {
  /** From here on a renewal is started in the background. */
  readonly renewAtMonotonicMs: number
  /** From here on the token is not attached any more. */
  readonly hardExpiryMonotonicMs: number
  /** The longest outage of the token endpoint that callers are sure not to notice, in seconds. */
  readonly outageBudgetSeconds: number
}

/**
 * Plans one token.
 *
 * @param sample - Drawn uniformly from [0, 1), once per token.
 * @returns `undefined` when the safety margin leaves nothing of the lifetime: such a token is of no
 *   use, and asking for another at once would never end.
 */
export function planLifetime(
  granted: GrantedLifetime,
  policy: LifetimePolicy,
  sample: number,
): TokenSchedule | undefined {
  const { lifetimeSeconds, arrivedAtMonotonicMs } = granted
  const margin = Math.min(marginSecondsMax, marginShare * lifetimeSeconds)
  const usableSeconds = lifetimeSeconds - margin - policy.clockSkewSeconds
  if (usableSeconds <= 0) return undefined
  const renewAfterSeconds =
    lifetimeSeconds < backgroundRenewalLifetimeSecondsMin
      ? usableSeconds
      : renewalInstant(granted, usableSeconds, policy, sample)
  return {
    renewAtMonotonicMs: arrivedAtMonotonicMs + renewAfterSeconds * 1000,
    hardExpiryMonotonicMs: arrivedAtMonotonicMs + usableSeconds * 1000,
    outageBudgetSeconds: usableSeconds - renewAfterSeconds,
  }
}

/**
 * Seconds from the arrival. What the server wants replaces the window; the bounds hold for both.
 */
function renewalInstant(
  { lifetimeSeconds, refreshInSeconds }: GrantedLifetime,
  usableSeconds: number,
  policy: LifetimePolicy,
  sample: number,
): number {
  const { from, to } = windowOf(policy.renewal, lifetimeSeconds)
  const reserve = Math.max(
    Math.min(renewalReserveSecondsMax, usableSeconds * renewalReserveShare),
    Math.min(policy.surviveOutageSeconds ?? 0, usableSeconds),
  )
  const latest = usableSeconds - reserve
  const floor = usableSeconds * renewalFloorShare
  if (refreshInSeconds !== undefined) return Math.max(floor, Math.min(refreshInSeconds, latest))
  // A window that ends too late is scaled, not cut: cutting would pile its whole width onto one
  // instant.
  const scale = Math.min(1, latest / to)
  return Math.max(floor, (from + (to - from) * sample) * scale)
}

/** The window in seconds from the arrival; 0 < from <= to. */
function windowOf(
  renewal: RenewalWindow,
  lifetimeSeconds: number,
): { readonly from: number; readonly to: number } {
  if ('fromShare' in renewal) {
    return { from: renewal.fromShare * lifetimeSeconds, to: renewal.toShare * lifetimeSeconds }
  }
  const to = lifetimeSeconds - renewal.secondsBeforeExpiry
  // A buffer made for long tokens, met by a short one: past half of the lifetime it would mean
  // renewing all the time.
  if (to < lifetimeSeconds / 2) return windowOf(DEFAULT_WINDOW, lifetimeSeconds)
  return { from: to - renewal.secondsBeforeExpiry * BUFFER_JITTER_SHARE, to }
}

/** The default renewal window: 70 to 85 % of the lifetime. */
export const DEFAULT_WINDOW = {
  fromShare: renewalShareFromDefault,
  toShare: renewalShareToDefault,
} as const satisfies RenewalWindow

/** Renewals "N seconds before expiry" are spread over this share of N before that. */
const BUFFER_JITTER_SHARE = 0.1
