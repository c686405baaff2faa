/**
 * Limits of one process: decides at once, without a promise, and keeps no key, only hashes of them.
 *
 * What it holds is bounded for each policy (see `bucket-table.ts`, also for what happens at the bound). It is as good
 * as the process lives, and counts what this process sees.
 */
import {
  type Clock,
  checkNames,
  guarded,
  integerWithin,
  type Observer,
  type RandomSource,
  silent,
  systemClock,
  systemRandom,
} from '@mintmark/runtime'
import { boundedKey, drawHashKey, type HashKey, keyedHash } from './bucket-key.ts'
import { BucketTable } from './bucket-table.ts'
import { type LimitEvent, tellExceeded } from './events.ts'
import { type BucketState, debtAt, debtWith, wholeMicroseconds } from './gcra.ts'
import type { Limiter, LimitPurpose, LimitRequest, LimitVerdict } from './limiter.ts'
import {
  keysMaxDefault,
  keysMaxLimit,
  placesPerKey,
  placesPerSet,
  policiesMax,
  requestsPerCheckMax,
} from './limits.ts'
import { checkRequests, costOf, judge, takes } from './verdict.ts'

/** The options of {@link memoryLimiter}. */
export interface MemoryLimiterOptions {
  /**
   * Keys that are kept apart for each policy, 1 to 8,000,000. Default 1,000,000: at most 64 MB for a policy that has so
   * many at the same time, 4 KiB for one that has a few.
   */
  readonly keysMax?: number | undefined
  readonly clock?: Clock | undefined
  /** For the key of the hash. Default: the platform's. With a predictable one strangers could aim at buckets. */
  readonly random?: RandomSource | undefined
  readonly observer?: Observer<LimitEvent> | undefined
}

/** A limiter that answers at once. */
export interface MemoryLimiter extends Limiter {
  check(requests: readonly LimitRequest[]): LimitVerdict
  peek(requests: readonly LimitRequest[]): LimitVerdict
  charge(requests: readonly LimitRequest[]): LimitVerdict
  /** Memory of all tables, in bytes. */
  readonly bytes: number
}

/** Makes a limiter in memory. Counts on the monotonic clock, so a step of the wall clock changes nothing. */
export function memoryLimiter(options: MemoryLimiterOptions = {}): MemoryLimiter {
  checkNames(options, ['keysMax', 'clock', 'random', 'observer'], 'memoryLimiter')
  const { clock = systemClock, random = systemRandom, observer = silent } = options
  const keysMax = integerWithin('keysMax', options.keysMax ?? keysMaxDefault, 1, keysMaxLimit)
  return new TableLimiter(keysMax, clock, drawHashKey(random), guarded(observer))
}

/** The power of two of sets that keeps so many keys apart. */
function setCountFor(keysMax: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2((keysMax * placesPerKey) / placesPerSet)))
}

class TableLimiter implements MemoryLimiter {
  readonly #tables = new Map<string, BucketTable>()
  /** Of the decision that is being made. Kept, because making them anew costs as much as the decision. */
  readonly #hashes = new Float64Array(requestsPerCheckMax)
  readonly #debtsUs = new Float64Array(requestsPerCheckMax)
  readonly #places = new Int32Array(requestsPerCheckMax)
  readonly #setCountMax: number
  readonly #clock: Clock
  readonly #hashKey: HashKey
  readonly #observer: Observer<LimitEvent>

  constructor(keysMax: number, clock: Clock, hashKey: HashKey, observer: Observer<LimitEvent>) {
    this.#setCountMax = setCountFor(keysMax)
    this.#clock = clock
    this.#hashKey = hashKey
    this.#observer = observer
  }

  get bytes(): number {
    return [...this.#tables.values()].reduce((sum, table) => sum + table.bytes, 0)
  }

  check(requests: readonly LimitRequest[]): LimitVerdict {
    return this.#decide(requests, 'check')
  }

  peek(requests: readonly LimitRequest[]): LimitVerdict {
    return this.#decide(requests, 'peek')
  }

  charge(requests: readonly LimitRequest[]): LimitVerdict {
    return this.#decide(requests, 'charge')
  }

  #decide(requests: readonly LimitRequest[], purpose: LimitPurpose): LimitVerdict {
    checkRequests(requests)
    const nowUs = wholeMicroseconds(this.#clock.monotonicMs())
    for (let at = 0; at < requests.length; at++) {
      const { policy, key } = requests[at] as LimitRequest
      const hash = keyedHash(this.#hashKey, boundedKey(key))
      const table = this.#tableOf(policy.name)
      const place = table.placeOf(hash, nowUs)
      this.#hashes[at] = hash
      this.#places[at] = place
      this.#debtsUs[at] = debtAt(policy, table.arrivalAt(place), nowUs)
    }
    const verdict = judge(requests, this.#debtsUs, purpose, 'buckets')
    for (let at = 0; at < requests.length; at++) {
      if (takes(purpose, verdict.allowed, (verdict.states[at] as BucketState).fits)) {
        // Taking from another bucket of the same request may have changed the table.
        this.#take(requests[at] as LimitRequest, at, nowUs, requests.length > 1)
      } else this.#cutDown(requests[at] as LimitRequest, at, nowUs)
    }
    tellExceeded(this.#observer, purpose, verdict)
    return verdict
  }

  #take(request: LimitRequest, at: number, nowUs: number, isPlaceOld: boolean): void {
    const { policy } = request
    const table = this.#tableOf(policy.name)
    const hash = this.#hashes[at] as number
    const place = isPlaceOld ? table.placeOf(hash, nowUs) : (this.#places[at] as number)
    const debtUs = debtAt(policy, table.arrivalAt(place), nowUs)
    table.put(place, hash, nowUs + debtWith(policy, debtUs, costOf(request)))
  }

  /** A bucket that is not taken from may hold more debt than its policy has room for: see `gcra.ts`. */
  #cutDown({ policy }: LimitRequest, at: number, nowUs: number): void {
    if ((this.#debtsUs[at] as number) < policy.capacityUs) return
    const table = this.#tableOf(policy.name)
    const hash = this.#hashes[at] as number
    const place = table.placeOf(hash, nowUs)
    const fullAtUs = nowUs + policy.capacityUs
    if (table.holds(place, hash) && table.arrivalAt(place) > fullAtUs) {
      table.put(place, hash, fullAtUs)
    }
  }

  #tableOf(policyName: string): BucketTable {
    const known = this.#tables.get(policyName)
    if (known !== undefined) return known
    if (this.#tables.size >= policiesMax) {
      throw new RangeError(`policy: expected at most ${policiesMax} different names`)
    }
    const table = new BucketTable(this.#setCountMax)
    this.#tables.set(policyName, table)
    return table
  }
}
