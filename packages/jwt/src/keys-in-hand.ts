/**
 * A key set that arrived, and the three instants of its life. Immutable: it ages, but nothing about
 * it changes.
 */
import type { ImportedKey } from './imported-keys.ts'
import type { PublicJwk } from './jwk.ts'
import { selectKey, type WantedKey } from './jwk-set.ts'
import type { KeyLookup, KeyRefusal } from './key-lookup.ts'
import { jwkSetRenewalShare } from './limits.ts'

const ambiguousKey: KeyRefusal = Object.freeze({ refusal: 'ambiguous_key' })

/** How long a set is good, from its arrival. */
export interface KeySetLifetime {
  readonly arrivedAtMonotonicMs: number
  readonly lifetimeSeconds: number
  /** How long past its lifetime it may be used while there is no newer one. */
  readonly staleSecondsMax: number
}

/** The keys of a set, and when it is to be renewed, stale, and too old. */
export class KeysInHand {
  readonly keys: readonly ImportedKey[]
  readonly #renewableAtMonotonicMs: number
  readonly #staleAtMonotonicMs: number
  readonly #tooOldAtMonotonicMs: number
  /** What was found, by the very object that asked: the headers of one key's tokens are one object. */
  readonly #found = new WeakMap<WantedKey, KeyLookup>()

  constructor(keys: readonly ImportedKey[], lifetime: KeySetLifetime) {
    const { arrivedAtMonotonicMs, lifetimeSeconds, staleSecondsMax } = lifetime
    this.keys = keys
    this.#renewableAtMonotonicMs =
      arrivedAtMonotonicMs + lifetimeSeconds * 1000 * jwkSetRenewalShare
    this.#staleAtMonotonicMs = arrivedAtMonotonicMs + lifetimeSeconds * 1000
    this.#tooOldAtMonotonicMs = this.#staleAtMonotonicMs + staleSecondsMax * 1000
  }

  /** When a renewal becomes due, on the monotonic clock. */
  get renewableAtMonotonicMs(): number {
    return this.#renewableAtMonotonicMs
  }

  isFresh(nowMonotonicMs: number): boolean {
    return nowMonotonicMs < this.#staleAtMonotonicMs
  }

  isTooOld(nowMonotonicMs: number): boolean {
    return nowMonotonicMs >= this.#tooOldAtMonotonicMs
  }

  /** Each key once, whatever algorithms it fits. */
  get publicKeys(): readonly PublicJwk[] {
    return [...new Set(this.keys.map(({ jwk }) => jwk))]
  }

  /** The key a token names, or that two fit; `undefined` when none does. */
  find(wanted: WantedKey): KeyLookup | undefined {
    const known = this.#found.get(wanted)
    if (known !== undefined) return known
    const selected = selectKey(this.keys, wanted)
    if (!selected.ok) return selected.violation === 'ambiguous_key' ? ambiguousKey : undefined
    const { key } = selected.value
    this.#found.set(wanted, key)
    return key
  }
}
