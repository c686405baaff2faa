/**
 * Failed authentication, counted by client and address and by address: whoever guesses uses up the attempts from where
 * he is. Nobody is locked out elsewhere, and nobody for longer than the next interval.
 *
 * Invariants
 *  (1) Asked before anything is hashed; charged after a failure, whatever the failure was and whether or not there is
 *      such a client: the answer to an attempt says nothing about either.
 *  (2) While no failure is remembered anywhere, asking costs one comparison; while none is from an address, one look
 *      into memory. Only an address that has failed here is looked up where the limits are shared.
 *  (3) So an address that fails at several nodes has one attempt more at each of them, and no more than that.
 *
 * Not counted yet are attempts that are being judged at the same time.
 */
import {
  addressKey,
  type IpAddress,
  type Limiter,
  type LimitRequest,
  type LimitVerdict,
  type MaybePromise,
  type MemoryLimiter,
} from '@mintmark/limits'
import type { Clock } from '@mintmark/runtime'
import type { FailurePolicies } from './request-limit-options.ts'

/** Who tries, as far as the request says. */
export interface Attempt {
  readonly address: IpAddress | undefined
  /** As it was sent, whether or not there is such a client. */
  readonly clientId: string | undefined
}

/** What failed attempts are counted with. */
export interface FailedAttemptsWorld {
  readonly policies: FailurePolicies
  readonly ipv6PrefixBits: number
  readonly clock: Clock
  /** What this process has seen fail. */
  readonly own: MemoryLimiter
  /** What all processes have seen fail; the same as `own` for one that is alone. */
  readonly everybodys: Limiter
}

const MICROSECONDS_PER_MS = 1_000

/** The failed attempts that are remembered. */
export class FailedAttempts {
  readonly #world: FailedAttemptsWorld
  readonly #memoryMs: number
  #forgottenAtMonotonicMs = Number.NEGATIVE_INFINITY
  /** Whether it is worth looking at the clock. */
  #isCounting = false

  constructor(world: FailedAttemptsWorld) {
    const { perAddress, perClient } = world.policies
    this.#world = world
    this.#memoryMs = Math.max(perAddress.capacityUs, perClient.capacityUs) / MICROSECONDS_PER_MS
  }

  /** Whether any failure is remembered here: otherwise nobody needs to be asked for. */
  get isAny(): boolean {
    if (!this.#isCounting) return false
    this.#isCounting = this.#world.clock.monotonicMs() < this.#forgottenAtMonotonicMs
    return this.#isCounting
  }

  /** Whether an attempt may be made now; `undefined` when nothing speaks against it. */
  peek({ address, clientId }: Attempt): MaybePromise<LimitVerdict | undefined> {
    if (address === undefined) return undefined
    const { own, everybodys } = this.#world
    const key = this.#keyOf(address)
    const [fromHere] = own.peek([this.#byAddress(key)]).states
    if (fromHere?.resetMs === 0) return undefined
    return everybodys.peek(this.#requests(key, clientId))
  }

  /** Counts a failure. */
  charge({ address, clientId }: Attempt): void {
    if (address === undefined) return
    const { own, everybodys, clock } = this.#world
    const requests = this.#requests(this.#keyOf(address), clientId)
    this.#forgottenAtMonotonicMs = clock.monotonicMs() + this.#memoryMs
    this.#isCounting = true
    own.charge(requests)
    if (everybodys === own) return
    const charged = everybodys.charge(requests)
    // Nobody waits for it: what cannot be counted there is counted here. Only a mistake of ours rejects.
    if (charged instanceof Promise) charged.catch(() => undefined)
  }

  #requests(key: string, clientId: string | undefined): readonly LimitRequest[] {
    const byAddress = this.#byAddress(key)
    if (clientId === undefined) return [byAddress]
    // No address contains a space, so no pair of address and client runs into another.
    return [byAddress, { policy: this.#world.policies.perClient, key: `${key} ${clientId}` }]
  }

  #byAddress(key: string): LimitRequest {
    return { policy: this.#world.policies.perAddress, key }
  }

  #keyOf(address: IpAddress): string {
    return addressKey(address, this.#world.ipv6PrefixBits)
  }
}
