/**
 * The buckets of one policy in memory: a table of places that hold a hash and an instant for each key, and no key.
 *
 * A key belongs to one set of sixteen places. A bucket that is full again is a free place, so nothing is ever swept.
 * When a set has no free place the table doubles, a few sets with each decision. When it may not grow any more, a
 * newcomer takes over the place with the least debt, *together with that debt*.
 *
 * Invariants
 *  (1) No key ever finds less debt than it left, but where that was more than its policy has room for. The least debt
 *      of a set that stays full only grows (in instants), so whoever was displaced and comes back takes over at least
 *      what was there; and if a place has become free meanwhile, the displaced debt has run out as well. Filling the
 *      table with other keys therefore resets nothing: it makes the limit stricter for newcomers, for as long as it
 *      lasts.
 *  (2) Until the bound is reached every key has a bucket of its own.
 *  (3) One decision touches one set, and moves at most eight others.
 *  (4) In every set the used places come first: the first unused one ends a search.
 */
import { placesPerSet, setsAtStart, setsMovedPerDecision } from './limits.ts'

const NUMBERS_PER_PLACE = 2
const NUMBERS_PER_SET = placesPerSet * NUMBERS_PER_PLACE
const UNUSED = 0

interface Growth {
  readonly places: Float64Array
  readonly setCount: number
  readonly moved: Uint8Array
  next: number
}

/** A table for instants by hash. */
export class BucketTable {
  readonly #setCountMax: number
  #setCount: number
  /** Hash and instant in turn. */
  #places: Float64Array
  /** The smaller table that this one replaces, while not all of it has moved. */
  #growth: Growth | undefined

  /** @param setCountMax - A power of two. */
  constructor(setCountMax: number) {
    this.#setCountMax = setCountMax
    this.#setCount = Math.min(setsAtStart, setCountMax)
    this.#places = new Float64Array(this.#setCount * NUMBERS_PER_SET)
  }

  /** Memory of the table, in bytes. */
  get bytes(): number {
    return this.#places.byteLength + (this.#growth?.places.byteLength ?? 0)
  }

  /** The place for `hash`, its own or one to take over. Valid until the next call of `placeOf`. */
  placeOf(hash: number, nowUs: number): number {
    if (this.#growth !== undefined) this.#move(this.#growth, hash, nowUs)
    const places = this.#places
    const start = (hash & (this.#setCount - 1)) * NUMBERS_PER_SET
    let leastAt = start
    let leastUs = Number.POSITIVE_INFINITY
    for (let at = start; at < start + NUMBERS_PER_SET; at += NUMBERS_PER_PLACE) {
      const found = places[at] as number
      if (found === hash) return at
      // A place that is free again is preferred, so that sets fill up no further than they have to.
      if (found === UNUSED) return leastUs <= nowUs ? leastAt : at
      const arrivalUs = places[at + 1] as number
      if (arrivalUs < leastUs) {
        leastUs = arrivalUs
        leastAt = at
      }
    }
    if (leastUs <= nowUs || this.#setCount === this.#setCountMax) return leastAt
    this.#grow(nowUs)
    return this.placeOf(hash, nowUs)
  }

  /** Whether the place is that of `hash`, and not one to take over. */
  holds(place: number, hash: number): boolean {
    return this.#places[place] === hash
  }

  /** The instant at which the bucket of a place is full; past for one that is. */
  arrivalAt(place: number): number {
    return this.#places[place + 1] as number
  }

  /** Makes a place that of `hash`. */
  put(place: number, hash: number, arrivalUs: number): void {
    this.#places[place] = hash
    this.#places[place + 1] = arrivalUs
  }

  /** Doubles. A growth that is not done yet is finished first: two in a row are next to impossible. */
  #grow(nowUs: number): void {
    const before = this.#growth
    if (before !== undefined) {
      for (let set = 0; set < before.setCount; set++) this.#moveSet(before, set, nowUs)
    }
    const setCount = this.#setCount
    this.#growth = {
      ...{ places: this.#places, setCount, next: 0 },
      moved: new Uint8Array(setCount),
    }
    this.#setCount = setCount * 2
    this.#places = new Float64Array(this.#setCount * NUMBERS_PER_SET)
  }

  /** Moves the set that `hash` was in, and some more. */
  #move(growth: Growth, hash: number, nowUs: number): void {
    this.#moveSet(growth, hash & (growth.setCount - 1), nowUs)
    const end = Math.min(growth.setCount, growth.next + setsMovedPerDecision)
    for (; growth.next < end; growth.next++) this.#moveSet(growth, growth.next, nowUs)
    if (end === growth.setCount) this.#growth = undefined
  }

  /** Nothing but one old set ever moves into a new one, so there is room. */
  #moveSet(growth: Growth, set: number, nowUs: number): void {
    if (growth.moved[set] === 1) return
    growth.moved[set] = 1
    const start = set * NUMBERS_PER_SET
    for (let at = start; at < start + NUMBERS_PER_SET; at += NUMBERS_PER_PLACE) {
      const hash = growth.places[at] as number
      const arrivalUs = growth.places[at + 1] as number
      if (hash !== UNUSED && arrivalUs > nowUs) this.#add(hash, arrivalUs)
    }
  }

  #add(hash: number, arrivalUs: number): void {
    let place = (hash & (this.#setCount - 1)) * NUMBERS_PER_SET
    while (this.#places[place] !== UNUSED) place += NUMBERS_PER_PLACE
    this.put(place, hash, arrivalUs)
  }
}
