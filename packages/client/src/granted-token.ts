/**
 * Whether a well-formed token response is one the client can use: right type, enough scope, a
 * lifetime that leaves something after the safety margin (RFC 6749 sections 3.3 and 5.1).
 */
import { covers, type ScopeSet, type TokenResponse } from '@mintmark/protocol'
import { type RandomSource, uniform } from '@mintmark/runtime'
import { AccessToken } from './access-token.ts'
import { labelOf, type Report } from './events.ts'
import type { Failure, FailureCode } from './failure.ts'
import { type Digest, tokenFingerprint } from './fingerprint.ts'
import { type LifetimePolicy, planLifetime, type TokenSchedule } from './lifetime.ts'
import type { SenderBinding } from './sender-binding/sender-binding.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'

/** What judging a grant needs, the same for all grants of a client. */
export interface GrantParts {
  readonly digest: Digest
  readonly random: RandomSource
  readonly lifetimePolicy: LifetimePolicy
  readonly lifetimeSecondsAssumed: number
  readonly acceptsNarrowedScope: boolean
  readonly report: Report
  /** What binds tokens to this client; `undefined`: Bearer tokens are asked for. */
  readonly binding?: SenderBinding | undefined
  /** What is told once per client, and has been. */
  readonly told: {
    lifetimeMissing: boolean
    outageBudgetUnreachable: boolean
    basicEncoding: boolean
  }
}

/** A token and the plan for its life. */
export interface GrantedToken {
  readonly token: AccessToken
  readonly schedule: TokenSchedule
  readonly arrivedAtMonotonicMs: number
  readonly lifetimeSeconds: number
  readonly refreshInSeconds: number | undefined
  /** Whether it was granted for less than was asked for, and accepted all the same. */
  readonly isNarrowed: boolean
}

/** When a token arrived, on both clocks. */
export interface Arrival {
  readonly arrivedAtMonotonicMs: number
  readonly arrivedAtWallMs: number
}

/** A granted token, or why there is none. */
export type Obtained = (
  | { readonly ok: true; readonly granted: GrantedToken }
  | { readonly ok: false; readonly failure: Failure }
) & {
  /** Token requests that were sent for it. Default: one, or none for a failure that was decided without asking. */
  readonly requests?: number
}

/** How many token requests were sent for it. */
export function requestsOf(obtained: Obtained): number {
  return obtained.requests ?? (obtained.ok || obtained.failure.asked !== false ? 1 : 0)
}

/**
 * Turns a token response into a token with a plan for its life.
 *
 * Refuses a type other than the one asked for (a Bearer token in place of a bound one would be a downgrade), a lifetime
 * of which the safety margin leaves nothing, and, unless the options accept it, a scope that does not cover the
 * requested one: what was granted for less is not handed out for more.
 */
export async function judgeGrant(
  parts: GrantParts,
  identity: TokenRequestIdentity,
  response: TokenResponse,
  { arrivedAtMonotonicMs, arrivedAtWallMs }: Arrival,
): Promise<Obtained> {
  const typeWanted = parts.binding?.tokenType ?? 'bearer'
  if (response.tokenType.toLowerCase() !== typeWanted) return unusable('token_type_mismatch')
  const lifetimeSeconds = response.expiresInSeconds ?? assumedLifetime(parts, identity)
  const { refreshInSeconds } = response
  const schedule = planLifetime(
    { arrivedAtMonotonicMs, lifetimeSeconds, refreshInSeconds },
    parts.lifetimePolicy,
    uniform(parts.random),
  )
  if (schedule === undefined) return unusable('token_not_usable')
  const scope = response.scope ?? identity.scope
  const token = new AccessToken({
    value: response.accessToken,
    fingerprint: await tokenFingerprint(parts.digest, response.accessToken),
    expiresAtWallMs: arrivedAtWallMs + lifetimeSeconds * 1000,
    scope: scope?.text,
    tokenType: response.tokenType,
  })
  const narrowed = isNarrowed(identity.scope, response.scope)
  if (narrowed) {
    const isAccepted = parts.acceptsNarrowedScope
    const { fingerprint } = token
    parts.report({ type: 'scope_narrowed', request: labelOf(identity), fingerprint, isAccepted })
    if (!isAccepted) return unusable('scope_narrowed')
  }
  tellOfOutageBudget(parts, identity, schedule)
  const lifetime = { arrivedAtMonotonicMs, lifetimeSeconds, refreshInSeconds }
  return { ok: true, granted: { token, schedule, ...lifetime, isNarrowed: narrowed } }
}

function unusable(code: FailureCode): Obtained {
  return { ok: false, failure: { code, httpStatus: 200 } }
}

/** The wildcard asks for whatever the client is allowed, so no grant is less than it. */
function isNarrowed(requested: ScopeSet | undefined, granted: ScopeSet | undefined): boolean {
  if (requested === undefined || granted === undefined || requested.has('*')) return false
  return !covers(granted, requested)
}

function assumedLifetime(parts: GrantParts, identity: TokenRequestIdentity): number {
  const { told, report, lifetimeSecondsAssumed } = parts
  if (!told.lifetimeMissing) {
    told.lifetimeMissing = true
    const request = labelOf(identity)
    report({ type: 'lifetime_missing', request, assumedSeconds: lifetimeSecondsAssumed })
  }
  return lifetimeSecondsAssumed
}

function tellOfOutageBudget(
  { told, report, lifetimePolicy }: GrantParts,
  identity: TokenRequestIdentity,
  { outageBudgetSeconds }: TokenSchedule,
): void {
  const wantedSeconds = lifetimePolicy.surviveOutageSeconds ?? 0
  if (told.outageBudgetUnreachable || outageBudgetSeconds >= wantedSeconds) return
  told.outageBudgetUnreachable = true
  report({
    type: 'outage_budget_unreachable',
    request: labelOf(identity),
    wantedSeconds,
    achievableSeconds: outageBudgetSeconds,
  })
}
