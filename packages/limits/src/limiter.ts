/** The port through which everything asks for units: in memory, or in Redis for several processes. */
import type { BucketState } from './gcra.ts'
import type { LimitPolicy } from './limit-policy.ts'

/** At once where that is possible: a limiter in memory never answers with a promise. */
export type MaybePromise<Value> = Value | Promise<Value>

/** Units that are asked for in one bucket. */
export interface LimitRequest {
  readonly policy: LimitPolicy
  /** Whose bucket: any text. Characters beyond 512 count by their number only. */
  readonly key: string
  /** Whole units, 1 to the burst of the policy. Default 1. */
  readonly cost?: number | undefined
}

/**
 * What a verdict rests on: the buckets that everybody shares (`'buckets'`), those of this process because the shared
 * ones could not be asked (`'local'`), or none at all (`'nothing'`).
 */
export type VerdictBasis = 'buckets' | 'local' | 'nothing'

/** What became of a request. */
export interface LimitVerdict {
  readonly allowed: boolean
  readonly basis: VerdictBasis
  /** One for each bucket, in the order of the requests; none on the basis of nothing. */
  readonly states: readonly BucketState[]
  /** The enforced policies whose units were not there. Empty in a verdict that allows. */
  readonly violated: readonly LimitPolicy[]
  /** The policies in shadow mode that would have refused. */
  readonly shadowed: readonly LimitPolicy[]
  /** When to come back, in milliseconds; 0 in a verdict that allows. */
  readonly retryAfterMs: number
}

/**
 * Grants units, several buckets at a time.
 *
 * All three throw, or reject with, `RangeError` for a cost that no bucket can ever hold and for more than 8 requests,
 * and `TypeError` for a bucket that is named twice: mistakes of the caller. An empty list is allowed.
 */
export interface Limiter {
  /** Takes the units if all enforced buckets have them, and none otherwise. */
  check(requests: readonly LimitRequest[]): MaybePromise<LimitVerdict>
  /** Says what `check` would say, and takes nothing. */
  peek(requests: readonly LimitRequest[]): MaybePromise<LimitVerdict>
  /**
   * Takes the units whether they are there or not, as far as the bucket goes: for what has happened already, such as a
   * failed authentication. The verdict tells whether they were there.
   */
  charge(requests: readonly LimitRequest[]): MaybePromise<LimitVerdict>
}

/** Which of the three is meant. */
export type LimitPurpose = 'check' | 'peek' | 'charge'
