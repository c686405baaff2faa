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
import type { TokenAnswer } from './token-endpoint.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'

/** What judging a grant needs, the same for all grants of a client. */
export interface GrantParts {
  readonly digest: Digest
  readonly random: RandomSource
  readonly lifetimePolicy: LifetimePolicy
  readonly lifetimeSecondsAssumed: number
  readonly acceptsNarrowedScope: boolean
  readonly report: Report
  /** What is told once per client, and has been. */
  readonly told: { lifetimeMissing: boolean; outageBudgetUnreachable: boolean }
}

/** A token and the plan for its life. */
export interface GrantedToken {
  readonly token: AccessToken
  readonly schedule: TokenSchedule
  readonly arrivedAtMonotonicMs: number
  readonly lifetimeSeconds: number
}

/** A granted token, or why there is none. */
export type Obtained =
  | { readonly ok: true; readonly granted: GrantedToken }
  | { readonly ok: false; readonly failure: Failure }

/**
 * Turns a token response into a token with a plan for its life.
 *
 * Refuses a type other than Bearer, a lifetime of which the safety margin leaves nothing, and,
 * unless the options accept it, a scope that does not cover the requested one: what was granted for
 * less is not handed out for more.
 */
export async function judgeGrant(
  parts: GrantParts,
  identity: TokenRequestIdentity,
  response: TokenResponse,
  { arrivedAtMonotonicMs, arrivedAtWallMs }: TokenAnswer,
): Promise<Obtained> {
  if (response.tokenType.toLowerCase() !== 'bearer') return unusable('token_not_usable')
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
  if (isNarrowed(identity.scope, response.scope)) {
    const isAccepted = parts.acceptsNarrowedScope
    const { fingerprint } = token
    parts.report({ type: 'scope_narrowed', request: labelOf(identity), fingerprint, isAccepted })
    if (!isAccepted) return unusable('scope_narrowed')
  }
  tellOfOutageBudget(parts, identity, schedule)
  return { ok: true, granted: { token, schedule, arrivedAtMonotonicMs, lifetimeSeconds } }
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
