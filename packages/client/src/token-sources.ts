/** The sources of one client: one per key, made when it is first asked for, wired to what they share. */
import { cacheKey, type TokenAuthority } from './cache-key.ts'
import type { Errand } from './errand.ts'
import { labelOf, type Report } from './events.ts'
import { judgeGrant } from './granted-token.ts'
import { MintCounter } from './mint-budget.ts'
import { type ObtainingParts, obtainToken } from './obtain-token.ts'
import type { ResolvedClientOptions } from './options.ts'
import type {
  FleetMember,
  FollowedKey,
  Follower,
  RequestToken,
} from './shared-store/token-store.ts'
import type { Throttle } from './throttle.ts'
import type { TokenAcquisitionError } from './token-acquisition-error.ts'
import { TokenCache } from './token-cache.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'
import { TokenSource, type TokenSourceParts } from './token-source.ts'

/** What the sources of a client share. */
export interface TokenSourcesParts {
  readonly options: ResolvedClientOptions
  readonly authority: TokenAuthority
  readonly obtaining: ObtainingParts
  readonly throttle: Throttle
  readonly fleet: FleetMember | undefined
  readonly report: Report
}

/** The sources of one client. */
export class TokenSources {
  readonly #parts: TokenSourcesParts
  readonly #cache: TokenCache<TokenSource>
  readonly #counter: MintCounter | undefined
  readonly #shared: Omit<TokenSourceParts, 'label' | 'obtain' | 'onRefused' | 'onRetired'>
  #flightCount = 0
  #ended: TokenAcquisitionError | undefined

  constructor(parts: TokenSourcesParts) {
    const { throttle, report, fleet } = parts
    const { clock, random, keysMax, waitersMax, deadlineMs, keepsWarm, mintBudget } = parts.options
    this.#parts = parts
    this.#cache = new TokenCache(keysMax)
    if (mintBudget) this.#counter = new MintCounter({ clock, report, fleet, budget: mintBudget })
    this.#shared = {
      ...{ clock, random, throttle, report, deadlineMs, keepsWarm },
      places: { taken: 0, max: waitersMax },
      nextFlightNumber: () => {
        this.#flightCount += 1
        return this.#flightCount
      },
    }
  }

  /** The source for a request. The same as long as the cache keeps it. */
  sourceFor(identity: TokenRequestIdentity): TokenSource {
    const key = cacheKey(this.#parts.authority, identity)
    return this.#cache.slotFor(key, () => {
      const source = this.#make(identity, key)
      if (this.#ended !== undefined) source.end(this.#ended)
      return source
    })
  }

  /** See `TokenClient.outageBudgetSeconds`. */
  get outageBudgetSeconds(): number | undefined {
    const budgets = [...this.#cache.slots()].flatMap(({ outageBudgetMs }) => outageBudgetMs ?? [])
    return budgets.length === 0 ? undefined : Math.min(...budgets) / 1000
  }

  /** Drops all tokens. */
  forget(): void {
    for (const source of this.#cache.slots()) source.forget()
  }

  /** Ends all sources, and those that are still to come. The first error stays. */
  end(error: TokenAcquisitionError): void {
    this.#ended ??= error
    for (const source of this.#cache.slots()) source.end(this.#ended)
  }

  #make(identity: TokenRequestIdentity, key: string): TokenSource {
    const { obtaining, fleet } = this.#parts
    const label = labelOf(identity)
    const follower: Follower = {
      label,
      judge: (response, arrival) => judgeGrant(obtaining, identity, response, arrival),
      adopt: (granted) => source.adopt(granted),
      retireToken: (fingerprint) => source.retireToken(fingerprint),
    }
    const followed: FollowedKey | undefined = fleet?.follow(key, follower)
    const source = new TokenSource({
      ...this.#shared,
      label,
      obtain: (errand, signal) => {
        const request = this.#requestFor(errand, identity, key)
        return followed?.obtain(errand, request, signal) ?? request(signal)
      },
      onRefused: (token) => followed?.refused(token),
      onRetired: () => followed?.stop(),
    })
    return source
  }

  #requestFor({ trigger }: Errand, identity: TokenRequestIdentity, key: string): RequestToken {
    const counter = this.#counter
    const mint = counter && (() => counter.spend(trigger === 'due'))
    return (signal) => obtainToken({ ...this.#parts.obtaining, mint }, identity, key, signal)
  }
}
