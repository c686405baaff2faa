/**
 * The generic cell rate algorithm (ITU-T I.371 annex A), as pure functions over whole microseconds.
 *
 * A bucket is one number: its theoretical arrival time, the instant at which it will be full again. What lies between
 * now and that instant is its *debt*. A unit costs one interval of debt, a bucket carries at most its capacity of it,
 * and debt is paid off by time passing. So a bucket that has been full for a while and one that never existed are the
 * same, and nothing ever needs to be swept.
 *
 * Invariants
 *  (1) 0 <= debt <= capacity, whatever is stored: a clock that was set back costs at most one filling, and so does a
 *      policy that was given another window. Whoever stores instants cuts down what lies beyond the capacity, also for
 *      a request that is refused, or only asked about; otherwise the bucket would be empty until that instant.
 *  (2) All operands are integers below 2^53, so doubles are exact, in JavaScript and in the Lua of Redis alike.
 */
import type { LimitPolicy } from './limit-policy.ts'

/** What a bucket says to one request. */
export interface BucketState {
  readonly policy: LimitPolicy
  /** Whether the units asked for were there, whatever became of the request. */
  readonly fits: boolean
  /** Units that could be taken at once now, after this request. */
  readonly remaining: number
  /** Until the bucket is full, in milliseconds, rounded up. */
  readonly resetMs: number
  /** Until as many units as were asked for are there again, in milliseconds, rounded up; 0 when they were there. */
  readonly retryAfterMs: number
}

/** A bucket's debt in microseconds. @param arrivalUs - The stored instant; 0 or anything past for a full bucket. */
export function debtAt(policy: LimitPolicy, arrivalUs: number, nowUs: number): number {
  const debtUs = arrivalUs - nowUs
  if (debtUs > 0) return debtUs < policy.capacityUs ? debtUs : policy.capacityUs
  return 0
}

/** Whether `cost` units are there. */
export function fitsIn(policy: LimitPolicy, debtUs: number, cost: number): boolean {
  return debtUs + cost * policy.intervalUs <= policy.capacityUs
}

/** The debt with `cost` more units taken. Units that are not there are taken as far as the bucket goes. */
export function debtWith(policy: LimitPolicy, debtUs: number, cost: number): number {
  return Math.min(policy.capacityUs, debtUs + cost * policy.intervalUs)
}

/**
 * The state of a bucket for a request of `cost` units.
 *
 * @param debtUs - Before the request.
 * @param fits - Whether the units are there.
 * @param isTaken - Whether the units are taken.
 */
export function stateOf(
  policy: LimitPolicy,
  debtUs: number,
  cost: number,
  fits: boolean,
  isTaken: boolean,
): BucketState {
  const leftUs = isTaken ? debtWith(policy, debtUs, cost) : debtUs
  const missingUs = fits ? 0 : leftUs + cost * policy.intervalUs - policy.capacityUs
  return {
    policy,
    fits,
    remaining: Math.floor((policy.capacityUs - leftUs) / policy.intervalUs),
    resetMs: Math.ceil(leftUs / MICROSECONDS_PER_MS),
    retryAfterMs: Math.ceil(missingUs / MICROSECONDS_PER_MS),
  }
}

const MICROSECONDS_PER_MS = 1_000

/** A monotonic or wall instant in whole microseconds. */
export function wholeMicroseconds(instantMs: number): number {
  return Math.floor(instantMs * MICROSECONDS_PER_MS)
}
