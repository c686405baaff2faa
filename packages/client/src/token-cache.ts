/**
 * The tokens of one client: one slot per key, a bounded number of slots.
 *
 * Invariants
 *  (1) At any time there is at most one slot per key that is not retired. Whoever holds a retired
 *      one asks again.
 *  (2) The bound is exceeded only by slots in which a token request is under way; those are never
 *      retired, because a second request for the same key would follow.
 *  (3) The slot retired is the one used longest ago.
 */

/** What the cache keeps: the token of one key, and what is going on with it. */
export interface Slot {
  /** Reading of the monotonic clock when the slot was last asked for its token. */
  readonly lastUsedMonotonicMs: number
  /** Whether a token request is under way. */
  readonly isBusy: boolean
  /** Drops the token. Whoever still holds the slot sees `isRetired`. */
  retire(): void
}

/** A bounded map from key to slot. */
export class TokenCache<Kept extends Slot> {
  readonly #slots = new Map<string, Kept>()
  readonly #keysMax: number

  /** @param keysMax - Slots kept, at least 1. */
  constructor(keysMax: number) {
    this.#keysMax = keysMax
  }

  /** The slot of `key`; `make` makes it when there is none. */
  slotFor(key: string, make: () => Kept): Kept {
    const known = this.#slots.get(key)
    if (known !== undefined) return known
    if (this.#slots.size >= this.#keysMax) this.#retireOne()
    const made = make()
    this.#slots.set(key, made)
    return made
  }

  /** Every slot. */
  slots(): Iterable<Kept> {
    return this.#slots.values()
  }

  get size(): number {
    return this.#slots.size
  }

  /**
   * A scan, because it happens at most once per new key and a token request follows each of those.
   */
  #retireOne(): void {
    let oldest: [string, Kept] | undefined
    for (const entry of this.#slots) {
      if (entry[1].isBusy) continue
      if (oldest && oldest[1].lastUsedMonotonicMs <= entry[1].lastUsedMonotonicMs) continue
      oldest = entry
    }
    if (oldest === undefined) return
    this.#slots.delete(oldest[0])
    oldest[1].retire()
  }
}
