/**
 * What limits mean, written down without regard for cost and without the code under test: a token bucket that starts
 * full, counted in exact fractions, and replayed from its whole history for every question.
 */
import type { LimitPolicy, LimitRequest } from '@mintmark/limits'

/** A question that was asked, and what came of it. */
interface Grant {
  readonly atUs: bigint
  readonly cost: bigint
}

/** What a bucket says; see `BucketState` of `@mintmark/limits`. */
export interface ModelState {
  readonly fits: boolean
  readonly remaining: number
  readonly resetMs: number
  readonly retryAfterMs: number
}

/** What all buckets say together; policies by name. */
export interface ModelVerdict {
  readonly allowed: boolean
  readonly states: readonly ModelState[]
  readonly violated: readonly string[]
  readonly shadowed: readonly string[]
}

/** What is asked: to take, only to look, or to take whatever there is. */
export type ModelPurpose = 'check' | 'peek' | 'charge'

/**
 * A reference limiter: exact, unbounded and slow. Its answers are what a limiter of `@mintmark/limits` has to give for
 * the same requests at the same instants. Does not check what it is asked.
 */
export class LimiterModel {
  readonly #grants = new Map<string, Grant[]>()

  /** @param nowUs - Whole microseconds of any clock, from 0, never less than the time before. */
  ask(purpose: ModelPurpose, requests: readonly LimitRequest[], nowUs: number): ModelVerdict {
    const now = BigInt(nowUs)
    const before = requests.map((request) => this.#levelOf(request, now))
    const fits = requests.map(({ cost = 1, policy }, at) => {
      return (before[at] as bigint) >= BigInt(cost) * interval(policy)
    })
    const names = (mode: string): readonly string[] =>
      requests
        .filter(({ policy }, at) => policy.mode === mode && fits[at] === false)
        .map(({ policy }) => policy.name)
    const violated = names('enforced')
    const allowed = violated.length === 0
    requests.forEach((request, at) => {
      const isTaken = purpose === 'charge' || (purpose === 'check' && allowed && fits[at] === true)
      if (isTaken) this.#history(request).push({ atUs: now, cost: BigInt(request.cost ?? 1) })
    })
    const states = requests.map((request, at) =>
      stateOf(request, before[at] as bigint, this.#levelOf(request, now)),
    )
    return { allowed, states, violated, shadowed: names('shadow') }
  }

  #history({ policy, key }: LimitRequest): Grant[] {
    const name = JSON.stringify([policy.name, key])
    const known = this.#grants.get(name)
    if (known !== undefined) return known
    const made: Grant[] = []
    this.#grants.set(name, made)
    return made
  }

  /** Tokens in the bucket, each worth an interval: a fraction of a token is so many microseconds of it. */
  #levelOf(request: LimitRequest, now: bigint): bigint {
    const full = BigInt(request.policy.burst) * interval(request.policy)
    let level = full
    let at = 0n
    for (const { atUs, cost } of this.#history(request)) {
      level = least(full, level + (atUs - at))
      at = atUs
      // What is charged beyond what is there empties the bucket.
      level = most(0n, level - cost * interval(request.policy))
    }
    return least(full, level + (now - at))
  }
}

function stateOf({ policy, cost = 1 }: LimitRequest, before: bigint, after: bigint): ModelState {
  const asked = BigInt(cost) * interval(policy)
  const full = BigInt(policy.burst) * interval(policy)
  const fits = asked <= before
  return {
    fits,
    remaining: Number(after / interval(policy)),
    resetMs: Number((full - after + 999n) / 1000n),
    retryAfterMs: fits ? 0 : Number((asked - after + 999n) / 1000n),
  }
}

/** From the definition, not from the policy's own field: the whole microseconds that hold one unit's share. */
function interval({ quota, windowSeconds }: LimitPolicy): bigint {
  return (BigInt(windowSeconds) * 1_000_000n + BigInt(quota) - 1n) / BigInt(quota)
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
