/** Random histories of decisions: a few policies and keys, so that buckets run empty, and time that passes unevenly. */
import { type LimitPolicy, type LimitRequest, limitPolicy } from '@mintmark/limits'
import type { ModelPurpose } from '@mintmark/testkit'
import fc from 'fast-check'

/** One decision, and how long after the one before. */
export interface Step {
  readonly afterUs: number
  readonly purpose: ModelPurpose
  readonly requests: readonly LimitRequest[]
}

/** Policies of every kind: small and large, with and without a burst of their own, enforced and in shadow mode. */
export const policies: readonly LimitPolicy[] = [
  limitPolicy({ name: 'public', quota: 6, windowSeconds: 6 }),
  limitPolicy({ name: 'uneven', quota: 7, windowSeconds: 3 }),
  limitPolicy({ name: 'bucket', quota: 100, windowSeconds: 1, burst: 5 }),
  limitPolicy({ name: 'deep', quota: 1, windowSeconds: 1, burst: 12 }),
  limitPolicy({ name: 'daily', quota: 9, windowSeconds: 86_400 }),
  limitPolicy({ name: 'trial', quota: 4, windowSeconds: 2, mode: 'shadow' }),
]

const keys = ['203.0.113.7', 'partner-a', 'partner-b']

const someRequest: fc.Arbitrary<LimitRequest> = fc
  .tuple(fc.constantFrom(...policies), fc.constantFrom(...keys), fc.integer({ min: 1, max: 4 }))
  .map(([policy, key, cost]) => ({ policy, key, cost }))

/** One to three different buckets. */
export const someRequests: fc.Arbitrary<readonly LimitRequest[]> = fc.uniqueArray(someRequest, {
  minLength: 1,
  maxLength: 3,
  selector: ({ policy, key }) => `${policy.name} ${key}`,
})

const somePause = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 50_000 }),
  fc.integer({ min: 0, max: 3_000_000 }),
  fc.integer({ min: 0, max: 20_000_000_000 }),
)

const somePurpose = fc.constantFrom<ModelPurpose[]>('check', 'check', 'check', 'peek', 'charge')

/** One decision. */
export const someStep: fc.Arbitrary<Step> = fc.record({
  afterUs: somePause,
  purpose: somePurpose,
  requests: someRequests,
})

/** A history. */
export const someHistory = fc.array(someStep, { minLength: 1, maxLength: 60 })
