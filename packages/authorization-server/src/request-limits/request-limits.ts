/**
 * The limits at the endpoints for clients, in the order in which a request meets them: its address before anything is
 * read, failed attempts before anything is hashed, the client's own rate and quotas once it is known.
 *
 * Invariants
 *  (1) Where nothing is configured and nobody has failed, a request costs some comparisons: no header is looked at, no
 *      address is read, nothing is asked.
 *  (2) A bucket of a client is touched only after that client has authenticated.
 *  (3) A limiter in memory answers in place; only one that is shared is waited for.
 */
import {
  addressKey,
  type Limiter,
  type LimitVerdict,
  type MaybePromise,
  memoryLimiter,
} from '@mintmark/limits'
import type { Clock, RandomSource } from '@mintmark/runtime'
import type { CallerAddresses } from '../http/caller-address.ts'
import type { EndpointRequest } from '../http/endpoint.ts'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import { isFromNetworks } from './client-networks.ts'
import { QuotaBook } from './client-quotas.ts'
import { FailedAttempts } from './failed-attempts.ts'
import type { RequestPolicies } from './request-limit-options.ts'

/** What limits are made of. */
export interface RequestLimitsWorld {
  readonly policies: RequestPolicies
  readonly callers: CallerAddresses
  readonly clock: Clock
  readonly random: RandomSource
  readonly namingSecret: Uint8Array
}

/** A verdict; `undefined` where there is nothing to limit. */
export type LimitAnswer = MaybePromise<LimitVerdict | undefined>

/** The limits of one server. */
export class RequestLimits {
  readonly #policies: RequestPolicies
  readonly #limiter: Limiter
  readonly #quotas: QuotaBook
  readonly #failures: FailedAttempts | undefined
  readonly #callers: CallerAddresses

  constructor(world: RequestLimitsWorld) {
    const { policies, clock, random } = world
    const own = memoryLimiter({ clock, random })
    this.#policies = policies
    this.#quotas = new QuotaBook(policies.share)
    this.#limiter = configuredLimiter(world) ?? own
    this.#callers = world.callers
    this.#failures =
      policies.failures &&
      new FailedAttempts({
        policies: policies.failures,
        ipv6PrefixBits: policies.ipv6PrefixBits,
        clock,
        own,
        everybodys: this.#limiter,
      })
  }

  /** Takes a request from the bucket of its address, where somebody knows it. */
  takeAddress(request: EndpointRequest): LimitAnswer {
    const { addresses, ipv6PrefixBits } = this.#policies
    if (addresses === undefined) return undefined
    const address = this.#callers.of(request)
    if (address === undefined) return undefined
    return this.#limiter.check([{ policy: addresses, key: addressKey(address, ipv6PrefixBits) }])
  }

  /** Whether an attempt to authenticate may be made. `clientIdOf` is asked only when it matters. */
  peekFailures(request: EndpointRequest, clientIdOf: () => string | undefined): LimitAnswer {
    if (this.#failures?.isAny !== true) return undefined
    return this.#failures.peek({ address: this.#callers.of(request), clientId: clientIdOf() })
  }

  /** Counts a request that failed before it was known who sent it. `clientIdOf` tells whom it named. */
  chargeFailure(request: EndpointRequest, clientIdOf: () => string | undefined): void {
    this.#failures?.charge({ address: this.#callers.of(request), clientId: clientIdOf() })
  }

  /** Whether an authenticated client may ask from where it does. */
  isFromItsNetworks({ settings }: RegisteredClient, request: EndpointRequest): boolean {
    return settings.addresses.length === 0 || isFromNetworks(settings, this.#callers.of(request))
  }

  /** Takes a request from the bucket of an authenticated client. */
  takeClient({ id }: RegisteredClient): LimitAnswer {
    const { clients } = this.#policies
    return clients === undefined ? undefined : this.#limiter.check([{ policy: clients, key: id }])
  }

  /**
   * Takes a token from each of the client's quotas, or from none. The verdict has the states of `rate` as well, so that
   * one answer can tell both.
   */
  takeQuotas(client: RegisteredClient, rate: LimitVerdict | undefined): LimitAnswer {
    if (client.settings.quotas.length === 0) return undefined
    const quotas = this.#quotas.of(client)
    const told = (verdict: LimitVerdict): LimitVerdict => besides(rate, quotas.told(verdict))
    const verdict = this.#limiter.check(quotas.requests)
    return verdict instanceof Promise ? verdict.then(told) : told(verdict)
  }
}

function besides(rate: LimitVerdict | undefined, verdict: LimitVerdict): LimitVerdict {
  if (rate === undefined) return verdict
  return { ...verdict, states: [...rate.states, ...verdict.states] }
}

function configuredLimiter({ policies, namingSecret }: RequestLimitsWorld): Limiter | undefined {
  const { limiter } = policies
  return typeof limiter === 'function' ? limiter({ namingSecret }) : limiter
}
