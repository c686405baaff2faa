/**
 * The quotas of a client as buckets of a limiter.
 *
 * A limiter keeps a table for each name of a policy. So all quotas have one name there, the names that clients' quotas
 * were given stand in the keys, and verdicts are told with those again.
 */
import {
  type LimitPolicy,
  type LimitRequest,
  type LimitVerdict,
  limitPolicy,
  shareOf,
} from '@mintmark/limits'
import type { Quota } from '../registry/client-settings.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'

/** The quotas of one client. */
export interface ClientQuotas {
  /** For one token. */
  readonly requests: readonly LimitRequest[]
  /** A verdict on them, with the names that the quotas have. */
  told(verdict: LimitVerdict): LimitVerdict
}

/** More than a limiter counts, and more than a node can issue: such a quota is never reached. */
const TOKENS_PER_SECOND_MAX = 10_000

/** The quotas of the clients of one server, of which it grants a share. */
export class QuotaBook {
  readonly #known = new WeakMap<RegisteredClient, ClientQuotas>()
  readonly #share: number

  constructor(share: number) {
    this.#share = share
  }

  /** The quotas of `client`, made once for what the registry holds of it. */
  of(client: RegisteredClient): ClientQuotas {
    const made = this.#known.get(client)
    if (made !== undefined) return made
    const quotas = makeQuotas(client, this.#share)
    this.#known.set(client, quotas)
    return quotas
  }
}

function makeQuotas({ id, settings }: RegisteredClient, share: number): ClientQuotas {
  const isWatched = settings.shadowed.includes('quotas')
  const named = new WeakMap<LimitPolicy, LimitPolicy>()
  const rename = (policy: LimitPolicy, at: number): LimitPolicy => {
    const made = named.get(policy) ?? { ...policy, name: settings.quotas[at]?.name ?? policy.name }
    named.set(policy, made)
    return made
  }
  return {
    requests: settings.quotas.map((quota) => ({
      policy: shareOf(policyOf(quota, isWatched), share),
      // No name of a quota contains a space, so no two clients share a bucket.
      key: `${quota.name} ${id}`,
    })),
    told(verdict) {
      const states = verdict.states.map((one, at) => ({ ...one, policy: rename(one.policy, at) }))
      const lacking = states.filter(({ fits }) => !fits).map(({ policy }) => policy)
      return {
        ...verdict,
        states,
        violated: lacking.filter(({ mode }) => mode === 'enforced'),
        shadowed: lacking.filter(({ mode }) => mode === 'shadow'),
      }
    },
  }
}

function policyOf({ tokens, windowSeconds }: Quota, isWatched: boolean): LimitPolicy {
  const quota = Math.min(tokens, windowSeconds * TOKENS_PER_SECOND_MAX)
  const mode = isWatched ? 'shadow' : 'enforced'
  return limitPolicy({ name: 'quota', quota, windowSeconds, mode })
}
