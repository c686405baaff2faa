/**
 * What an answer says about limits: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11, as
 * lists of structured fields (RFC 9651), and `Retry-After` (RFC 9110 section 10.2.3). Nothing of the earlier drafts.
 *
 * Invariants
 *  (1) No field says whose bucket it is: there is no `pk`.
 *  (2) `Retry-After` is never earlier than a `t` beside it, and neither is earlier than the truth: the random part is
 *      added, and seconds are rounded up.
 *  (3) Policies in shadow mode are not mentioned.
 *
 * Send them to those whose limits they are. On an answer to somebody who has not authenticated, the state of a client's
 * bucket would tell strangers about its traffic.
 */
import { createUniformSource, type RandomSource, systemRandom } from '@mintmark/runtime'
import type { BucketState } from './gcra.ts'
import type { LimitPolicy } from './limit-policy.ts'
import type { LimitVerdict } from './limiter.ts'
import { jitterMsMax, jitterShare } from './limits.ts'

/** A name in lower case, and a value. */
export type HeaderField = readonly [name: string, value: string]

const NAME_POLICY = 'ratelimit-policy'
const NAME_STATE = 'ratelimit'
const NAME_RETRY = 'retry-after'

/**
 * The header fields for a verdict.
 *
 * `t`, the effective window, is the time in which as many units come back as are left (`r`), so that `r` in `t` is
 * never more than what the policy grants for good; without any left, it is when the next one is there. In a refusal it
 * is given for the policies that refused, and is when the units asked for will be there. A verdict on the basis of
 * nothing has no states, so it gives `retry-after` or no fields at all.
 */
export function rateLimitHeaders(
  verdict: LimitVerdict,
  random: RandomSource = systemRandom,
): readonly HeaderField[] {
  const states = verdict.states.filter(({ policy }) => policy.mode === 'enforced')
  const fields: HeaderField[] = []
  if (states.length > 0) {
    fields.push([NAME_POLICY, states.map(({ policy }) => policyItem(policy)).join(', ')])
  }
  const spread = drawFrom(random)
  const items = states.map((state) => stateItem(state, verdict.allowed, spread))
  if (items.length > 0) fields.push([NAME_STATE, items.join(', ')])
  if (!verdict.allowed) {
    fields.push([NAME_RETRY, String(Math.max(1, waitSeconds(verdict.retryAfterMs, spread)))])
  }
  return fields
}

const uniformSources = new WeakMap<RandomSource, () => number>()

/** In blocks: these fields are made for every request. */
function drawFrom(random: RandomSource): number {
  const known = uniformSources.get(random)
  if (known !== undefined) return known()
  const made = createUniformSource(random)
  uniformSources.set(random, made)
  return made()
}

const policyItems = new WeakMap<LimitPolicy, string>()

/** Names are of characters that need no escape in a string. */
function policyItem(policy: LimitPolicy): string {
  const known = policyItems.get(policy)
  if (known !== undefined) return known
  const item = `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`
  policyItems.set(policy, item)
  return item
}

function stateItem(state: BucketState, allowed: boolean, spread: number): string {
  const item = `"${state.policy.name}";r=${state.remaining}`
  if (allowed) return `${item};t=${waitSeconds(effectiveWindowMs(state), spread)}`
  return state.fits ? item : `${item};t=${Math.max(1, waitSeconds(state.retryAfterMs, spread))}`
}

function effectiveWindowMs({ policy, remaining, resetMs }: BucketState): number {
  const intervalMs = policy.intervalUs / 1_000
  const nextUnitMs = resetMs - (policy.burst - remaining - 1) * intervalMs
  return Math.max(remaining * intervalMs, nextUnitMs)
}

function waitSeconds(ms: number, spread: number): number {
  const jitterMs = spread * Math.min(ms * jitterShare, jitterMsMax)
  return Math.ceil((ms + jitterMs) / 1_000)
}
