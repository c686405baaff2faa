/**
 * What to do when a resource server answers 401 (RFC 6750 section 3, RFC 9449 section 7.1): one pure decision from what
 * is known at that moment, written as a list of reasons not to renew, with renewing at the end.
 *
 * A renewal helps only against a token that is no longer good. Everything else that servers say
 * with 401 (business rules, wrong audience, another scheme) would come back the same with a new
 * token, and cost a token request.
 */
import type { Challenge } from '@mintmark/protocol'
import { idempotentMethods } from './idempotent-methods.ts'
import { replacementTrialMs } from './limits.ts'

/** How the refused token relates to the one that callers would get now. */
export type TokenStanding =
  /** It is the same. */
  | 'current'
  /** Somebody renewed it already. */
  | 'superseded'
  /** There is none: a renewal is under way, or will be with the next call. */
  | 'absent'

/** What is known about a token that a resource server refused. */
export interface RefusedToken {
  readonly standing: TokenStanding
  /**
   * How long ago the token replaced a refused one, in milliseconds; `undefined` when it did not, or
   * has been accepted somewhere since.
   */
  readonly replacedAgoMs: number | undefined
  /** Whether the budget for forced renewals has one left. */
  readonly hasRenewalLeft: boolean
}

/** What is known when a 401 arrives. */
export interface Unauthorized extends RefusedToken {
  readonly challenges: readonly Challenge[]
  /** The scheme that the token was sent under: challenges of another one are about something else. */
  readonly scheme: 'bearer' | 'dpop'
  /** Whether a redirect led to another origin, where the token was not sent. */
  readonly isAnsweredElsewhere: boolean
  /** Whether the request can be sent again. */
  readonly isReplayable: boolean
  readonly method: string
  /** Whether the request carries an `Idempotency-Key`. */
  readonly hasIdempotencyKey: boolean
  /** Whether it came without any challenge from an API of which that is known to mean the token. */
  readonly isMeantWithoutChallenge: boolean
}

/** Why a decision was made. Stable; reported in the event `token_refused`. */
export type UnauthorizedReason =
  | 'answered_elsewhere'
  | 'no_bearer_challenge'
  | 'no_dpop_challenge'
  | 'not_about_the_token'
  | 'not_safe_to_repeat'
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
  if (situation.standing === 'superseded') return { action: 'retry', reason: 'renewed_already' }
  const obstacle = obstacleToRepeating(situation)
  if (obstacle === undefined) return { action: 'renew', reason: 'token_invalid' }
  return { action: 'invalidate', reason: obstacle }
}

function reasonToReturn(situation: Unauthorized): UnauthorizedReason | undefined {
  if (situation.isAnsweredElsewhere) return 'answered_elsewhere'
  const reason = situation.isMeantWithoutChallenge ? undefined : reasonInChallenges(situation)
  if (reason !== undefined) return reason
  if (situation.standing !== 'current') return obstacleToRepeating(situation)
  if ((situation.replacedAgoMs ?? replacementTrialMs) < replacementTrialMs) {
    return 'replacement_refused'
  }
  return situation.hasRenewalLeft ? undefined : 'renewal_budget_spent'
}

function reasonInChallenges({ challenges, scheme }: Unauthorized): UnauthorizedReason | undefined {
  const ours = challenges.filter((challenge) => challenge.scheme === scheme)
  if (ours.length === 0) return NO_CHALLENGE[scheme]
  const aboutToken = ours.find(isAboutToken)
  if (aboutToken === undefined) return 'not_about_the_token'
  const isHopeless = hopeless.has(aboutToken.parameters.get('reason') ?? '')
  return isHopeless ? 'renewal_would_not_help' : undefined
}

/**
 * A server that speaks of the token refused the request before it did anything about it, so any
 * method can be repeated. A bare 401 may come from behind that: what is sent again then has to be
 * idempotent (RFC 9110 section 9.2.2), or say itself which request it is.
 */
function obstacleToRepeating(situation: Unauthorized): UnauthorizedReason | undefined {
  if (!situation.isReplayable) return 'body_not_replayable'
  if (!situation.isMeantWithoutChallenge || situation.hasIdempotencyKey) return undefined
  return idempotentMethods.has(situation.method.toUpperCase()) ? undefined : 'not_safe_to_repeat'
}

const NO_CHALLENGE = { bearer: 'no_bearer_challenge', dpop: 'no_dpop_challenge' } as const

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
  'dpop_not_accepted',
  'lifetime_too_long',
  'malformed',
  'malformed_claim',
  'missing_certificate',
  'missing_claim',
  'not_bound',
  'not_yet_valid',
  'sender_constrained',
  'wrong_algorithm',
  'wrong_audience',
  'wrong_issuer',
  'wrong_type',
])
