/**
 * What to do when a resource server answers 401 (RFC 6750 section 3): one pure decision from what
 * is known at that moment, written as a list of reasons not to renew, with renewing at the end.
 *
 * A renewal helps only against a token that is no longer good. Everything else that servers say
 * with 401 (business rules, wrong audience, another scheme) would come back the same with a new
 * token, and cost a token request.
 */
import type { Challenge } from '@mintmark/protocol'

/** How the refused token relates to the one that callers would get now. */
export type TokenStanding =
  /** It is the same. */
  | 'current'
  /** Somebody renewed it already. */
  | 'superseded'
  /** There is none: a renewal is under way, or will be with the next call. */
  | 'absent'

/** What is known when a 401 arrives. */
export interface Unauthorized {
  readonly challenges: readonly Challenge[]
  /** Whether a redirect led to another origin, where the token was not sent. */
  readonly isAnsweredElsewhere: boolean
  /** Whether the request can be sent again. */
  readonly isReplayable: boolean
  readonly standing: TokenStanding
  /**
   * Whether the token replaced a refused one moments ago and has not been accepted anywhere since.
   */
  readonly isUnprovenReplacement: boolean
  /** Whether the budget for forced renewals has one left. */
  readonly hasRenewalLeft: boolean
}

/** Why a decision was made. Stable; reported in the event `token_refused`. */
export type UnauthorizedReason =
  | 'answered_elsewhere'
  | 'no_bearer_challenge'
  | 'not_about_the_token'
  | 'renewal_would_not_help'
  | 'body_not_replayable'
  | 'replacement_refused'
  | 'renewal_budget_spent'
  | 'renewed_already'
  | 'token_invalid'

/** What to do. */
export interface UnauthorizedDecision {
  /**
   * - `return`: the answer is the caller's.
   * - `invalidate`: the same, but the token is dropped, so that the next call gets a new one.
   * - `retry`: send once more with the token that callers get now.
   * - `renew`: drop the token, then the same.
   */
  readonly action: 'return' | 'invalidate' | 'retry' | 'renew'
  readonly reason: UnauthorizedReason
}

/** Decides. Total and pure. */
export function decideOnUnauthorized(situation: Unauthorized): UnauthorizedDecision {
  const reason = reasonToReturn(situation)
  if (reason !== undefined) return { action: 'return', reason }
  const { isReplayable, standing } = situation
  if (standing === 'superseded') return { action: 'retry', reason: 'renewed_already' }
  if (isReplayable) return { action: 'renew', reason: 'token_invalid' }
  return { action: 'invalidate', reason: 'body_not_replayable' }
}

function reasonToReturn(situation: Unauthorized): UnauthorizedReason | undefined {
  if (situation.isAnsweredElsewhere) return 'answered_elsewhere'
  const bearer = situation.challenges.filter(({ scheme }) => scheme === 'bearer')
  if (bearer.length === 0) return 'no_bearer_challenge'
  const aboutToken = bearer.find(isAboutToken)
  if (aboutToken === undefined) return 'not_about_the_token'
  if (hopeless.has(aboutToken.parameters.get('reason') ?? '')) return 'renewal_would_not_help'
  if (situation.standing !== 'current') {
    return situation.isReplayable ? undefined : 'body_not_replayable'
  }
  if (situation.isUnprovenReplacement) return 'replacement_refused'
  return situation.hasRenewalLeft ? undefined : 'renewal_budget_spent'
}

/**
 * Many servers leave the error out, although RFC 6750 section 3 asks for it when a token was sent.
 */
function isAboutToken({ parameters }: Challenge): boolean {
  const error = parameters.get('error')
  return error === undefined || error === 'invalid_token'
}

/**
 * Values of the `reason` parameter of our own guard with which a new token of the same request
 * would be refused too. The others (`expired`, `revoked`, `unknown_key`, `bad_signature`), and
 * values that are not ours, leave hope.
 */
const hopeless: ReadonlySet<string> = new Set([
  'lifetime_too_long',
  'malformed',
  'malformed_claim',
  'missing_claim',
  'not_yet_valid',
  'sender_constrained',
  'wrong_algorithm',
  'wrong_audience',
  'wrong_issuer',
  'wrong_type',
])
