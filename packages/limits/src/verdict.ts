/**
 * The one place where the states of several buckets become a verdict: all or nothing.
 *
 * Invariants
 *  (1) A request that is refused takes no units, in any bucket.
 *  (2) A bucket in shadow mode that has not the units neither refuses nor takes them: it goes on as it would if it were
 *      enforced.
 */
import { type BucketState, debtWith, fitsIn, stateOf } from './gcra.ts'
import type { LimitPolicy } from './limit-policy.ts'
import type { LimitPurpose, LimitRequest, LimitVerdict, VerdictBasis } from './limiter.ts'
import { requestsPerCheckMax } from './limits.ts'

const NONE: readonly LimitPolicy[] = Object.freeze([])

/** The units that a request asks for. */
export function costOf({ cost = 1 }: LimitRequest): number {
  return cost
}

/** Throws for requests that no limiter can judge. See `Limiter`. */
export function checkRequests(requests: readonly LimitRequest[]): void {
  const count = requests.length
  if (count > requestsPerCheckMax) {
    throw new RangeError(`requests: expected at most ${requestsPerCheckMax} buckets`)
  }
  for (let at = 0; at < count; at++) {
    const request = requests[at] as LimitRequest
    const cost = costOf(request)
    if (!(cost >= 1 && cost <= request.policy.burst && Number.isInteger(cost))) {
      throw new RangeError('cost: expected whole units, from 1 to the burst of the policy')
    }
    for (let other = 0; other < at; other++) {
      if (isSameBucket(requests[other] as LimitRequest, request)) {
        throw new TypeError('requests: the same bucket is named twice')
      }
    }
  }
}

function isSameBucket(one: LimitRequest, other: LimitRequest): boolean {
  return one.key === other.key && one.policy.name === other.policy.name
}

/** The verdict on requests whose buckets have these debts, in microseconds. */
export function judge(
  requests: readonly LimitRequest[],
  debtsUs: ArrayLike<number>,
  purpose: LimitPurpose,
  basis: VerdictBasis,
): LimitVerdict {
  let violated = NONE
  let shadowed = NONE
  for (let at = 0; at < requests.length; at++) {
    const request = requests[at] as LimitRequest
    if (fitsIn(request.policy, debtsUs[at] as number, costOf(request))) continue
    if (request.policy.mode === 'enforced') violated = [...violated, request.policy]
    else shadowed = [...shadowed, request.policy]
  }
  const allowed = violated.length === 0
  const states: BucketState[] = []
  let retryAfterMs = 0
  for (let at = 0; at < requests.length; at++) {
    const request = requests[at] as LimitRequest
    const debtUs = debtsUs[at] as number
    const fits = fitsIn(request.policy, debtUs, costOf(request))
    const isTaken = takes(purpose, allowed, fits)
    const state = stateOf(request.policy, debtUs, costOf(request), fits, isTaken)
    states.push(state)
    if (!allowed && request.policy.mode === 'enforced') {
      const waitMs = fits && isTaken ? waitAfterTaking(request, debtUs) : state.retryAfterMs
      retryAfterMs = Math.max(retryAfterMs, waitMs)
    }
  }
  return { allowed, basis, states, violated, shadowed, retryAfterMs }
}

/** Units that were there for a charge have to come back before they are there again. Negative when they are. */
function waitAfterTaking(request: LimitRequest, debtUs: number): number {
  const cost = costOf(request)
  const takenUs = debtWith(request.policy, debtUs, cost)
  return stateOf(request.policy, takenUs, cost, false, false).retryAfterMs
}

/**
 * Whether the units of one request are taken.
 *
 * @param allowed - Whether all requests together are allowed.
 * @param fits - Whether the units of this one are there.
 */
export function takes(purpose: LimitPurpose, allowed: boolean, fits: boolean): boolean {
  return purpose === 'check' ? allowed && fits : purpose === 'charge'
}

/** A verdict without any bucket. @param retryAfterMs - Ignored when the request is allowed. */
export function verdictOnNothing(allowed: boolean, retryAfterMs: number): LimitVerdict {
  return {
    ...{ allowed, basis: 'nothing', states: [], violated: NONE, shadowed: NONE },
    retryAfterMs: allowed ? 0 : retryAfterMs,
  }
}
