/**
 * What a limit is: so many units in so much time, with room for some of them at once.
 *
 * Invariants
 *  (1) `intervalUs` and `capacityUs` are whole microseconds, so that every sum with an instant is exact, here and in
 *      Redis.
 *  (2) The interval is rounded up: the quota may be undershot by a share of 1 / `intervalUs`, and is never exceeded.
 */
import { checkNames, integerWithin, numberWithin, oneOf } from '@mintmark/runtime'
import {
  capacityUsMax,
  intervalUsMin,
  policyNameLengthMax,
  quotaMax,
  windowSecondsMax,
} from './limits.ts'

/** Whether a policy refuses, or only counts what it would have refused. */
export type PolicyMode = 'enforced' | 'shadow'

/** The options of {@link limitPolicy}. */
export interface LimitPolicyOptions {
  /** 1 to 64 of `A-Z a-z 0-9 . _ -`, not beginning with one of the last three. Published in header fields. */
  readonly name: string
  /** Units in a window, 1 to 10^9. */
  readonly quota: number
  /** Whole seconds, 1 to 31 days. */
  readonly windowSeconds: number
  /** Units that may be taken at once by somebody who has been quiet, from 1. Default: the quota. */
  readonly burst?: number | undefined
  /** `'shadow'` counts what would have been refused, and refuses nothing. Default `'enforced'`. */
  readonly mode?: PolicyMode | undefined
}

/** A limit. Buckets of the same policy name and key are the same bucket. */
export interface LimitPolicy {
  readonly name: string
  readonly quota: number
  readonly windowSeconds: number
  readonly burst: number
  readonly mode: PolicyMode
  /** Time in which one unit comes back, in microseconds. */
  readonly intervalUs: number
  /** Time in which an empty bucket is full again, in microseconds. */
  readonly capacityUs: number
}

const MICROSECONDS = 1_000_000
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/**
 * Makes a policy: `quota` units in `windowSeconds`, at most `burst` of them at once.
 *
 * In any stretch of time of `s` seconds at most `burst + s * quota / windowSeconds` units are granted to one key.
 *
 * @throws TypeError for an unknown option or a malformed name; RangeError for a number out of range, for more than
 *   10,000 units a second, and for a burst that takes more than a year to come back.
 */
export function limitPolicy(options: LimitPolicyOptions): LimitPolicy {
  checkNames(options, ['name', 'quota', 'windowSeconds', 'burst', 'mode'], 'limitPolicy')
  const name = policyName(options.name)
  const quota = integerWithin('quota', options.quota, 1, quotaMax)
  const windowSeconds = integerWithin('windowSeconds', options.windowSeconds, 1, windowSecondsMax)
  const shareUs = (windowSeconds * MICROSECONDS) / quota
  if (shareUs < intervalUsMin) {
    throw new RangeError('quota: expected at most 10,000 units a second')
  }
  const intervalUs = Math.ceil(shareUs)
  const burstMax = Math.floor(capacityUsMax / intervalUs)
  const burst = integerWithin('burst', options.burst ?? quota, 1, burstMax)
  const mode = oneOf('mode', options.mode ?? 'enforced', ['enforced', 'shadow'])
  const capacityUs = burst * intervalUs
  return Object.freeze({ name, quota, windowSeconds, burst, mode, intervalUs, capacityUs })
}

/**
 * A policy of the same name that grants a share of quota and burst, rounded down and at least one unit: for each of
 * several processes that count for themselves.
 *
 * @param share - Above 0, to 1.
 */
export function shareOf(policy: LimitPolicy, share: number): LimitPolicy {
  const { name, quota, windowSeconds, burst, mode } = policy
  numberWithin('share', share, Number.MIN_VALUE, 1)
  const part = (units: number): number => Math.max(1, Math.floor(units * share))
  return limitPolicy({ name, windowSeconds, mode, quota: part(quota), burst: part(burst) })
}

function policyName(name: unknown): string {
  if (typeof name === 'string' && name.length <= policyNameLengthMax && NAME.test(name)) return name
  throw new TypeError(
    `name: expected 1 to ${policyNameLengthMax} of A-Z a-z 0-9 . _ -, a letter or digit first`,
  )
}
