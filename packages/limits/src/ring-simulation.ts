/**
 * What rings would have done to traffic that has been: an access log goes in, and out comes how many requests would
 * have been refused, and whose. The rings are the real ones, on a clock that the log moves.
 *
 * Entries may be slightly out of order, as in logs that are written when a request ends: time never goes back, and an
 * entry that is late counts as of the latest one before it.
 */
import { type Clock, integerWithin, type Scheduled } from '@mintmark/runtime'
import { addressKey } from './address-key.ts'
import { parseIpAddress } from './ip-address.ts'
import {
  ipv6PrefixBitsDefault,
  keysMaxLimit,
  simulatedKeysMax,
  simulatedTopDefault,
  simulatedTopMax,
} from './limits.ts'
import { memoryLimiter } from './memory-limiter.ts'
import { createRings, type RingOptions, type Rings, type RingVerdict } from './rings.ts'

/** One line of an access log. */
export interface AccessLogEntry {
  /** Milliseconds since 1970. */
  readonly wallMs: number
  /** The address of the client, as text. What is none counts for everybody without one. */
  readonly address: string
  readonly clientId?: string | undefined
  /** Units. Default 1. */
  readonly cost?: number | undefined
}

/** The rings to try: as for `createRings`, without what a simulation has of its own. */
export type SimulatedRings = Omit<RingOptions, 'limiter' | 'random'>

/** What became of one key. */
export interface SimulatedKey {
  readonly ring: 'public' | 'partner'
  /** A client identifier, or an address or prefix. */
  readonly key: string
  readonly requests: number
  readonly refused: number
  readonly firstRefusedAtWallMs: number | undefined
  readonly lastRefusedAtWallMs: number | undefined
}

/** What became of one ring. */
export interface SimulatedRing {
  readonly requests: number
  readonly refused: number
  /** Requests that a policy in shadow mode would have refused. */
  readonly shadowed: number
  /** Keys of which at least one request was refused, among those that are counted. */
  readonly keysRefused: number
}

/** The outcome. */
export interface SimulationReport {
  readonly requests: number
  readonly refused: number
  /** Entries whose time is no time, which count nowhere. */
  readonly skipped: number
  readonly public: SimulatedRing
  readonly partner: SimulatedRing
  /** The keys with the most refusals, the worst first. */
  readonly top: readonly SimulatedKey[]
  /** Requests of keys that came when 1,000,000 keys were counted already: missing from `keysRefused` and `top`. */
  readonly requestsNotListed: number
}

interface KeyTally {
  readonly ring: 'public' | 'partner'
  readonly key: string
  requests: number
  refused: number
  firstRefusedAtWallMs: number | undefined
  lastRefusedAtWallMs: number | undefined
}

interface RingTally {
  requests: number
  refused: number
  shadowed: number
}

/** A simulation that entries are added to, one at a time: a log need not fit into memory. */
export class RingSimulation {
  readonly #rings: Rings
  readonly #clock = new LogClock()
  readonly #ipv6PrefixBits: number
  readonly #keys = new Map<string, KeyTally>()
  readonly #tallies = { public: emptyTally(), partner: emptyTally() }
  #skipped = 0
  #requestsNotListed = 0

  /** @throws what `createRings` throws. */
  constructor(rings: SimulatedRings = {}) {
    const limiter = memoryLimiter({ clock: this.#clock, keysMax: keysMaxLimit })
    this.#rings = createRings({ ...rings, limiter })
    this.#ipv6PrefixBits = rings.ipv6PrefixBits ?? ipv6PrefixBitsDefault
  }

  /** Adds an entry. Returns whether it would have been allowed. */
  add(entry: AccessLogEntry): boolean {
    if (!(entry.wallMs >= 0 && entry.wallMs <= Number.MAX_SAFE_INTEGER / 1_000)) {
      this.#skipped += 1
      return true
    }
    this.#clock.moveTo(entry.wallMs)
    const address = parseIpAddress(entry.address)
    const { clientId, cost } = entry
    // A limiter in memory answers at once.
    const answer = this.#rings.check({ address, clientId, cost }) as RingVerdict
    this.#count(answer, clientId ?? addressKey(address, this.#ipv6PrefixBits), entry.wallMs)
    return answer.allowed
  }

  /** What has become of all entries so far. @param topMax - Length of the list of keys, 0 to 1,000. Default 20. */
  report(topMax = simulatedTopDefault): SimulationReport {
    const length = integerWithin('topMax', topMax, 0, simulatedTopMax)
    const refusedKeys = [...this.#keys.values()].filter(({ refused }) => refused > 0)
    const ring = (name: 'public' | 'partner'): SimulatedRing => ({
      ...this.#tallies[name],
      keysRefused: refusedKeys.filter((each) => each.ring === name).length,
    })
    const [open, partner] = [ring('public'), ring('partner')]
    return {
      requests: open.requests + partner.requests,
      refused: open.refused + partner.refused,
      skipped: this.#skipped,
      ...{ public: open, partner },
      top: refusedKeys
        .toSorted(worstFirst)
        .slice(0, length)
        .map((each) => ({ ...each })),
      requestsNotListed: this.#requestsNotListed,
    }
  }

  #count({ ring, verdict }: RingVerdict, key: string, wallMs: number): void {
    const all = this.#tallies[ring]
    all.requests += 1
    if (!verdict.allowed) all.refused += 1
    if (verdict.shadowed.length > 0) all.shadowed += 1
    const tally = this.#tallyOf(ring, key)
    if (tally === undefined) return
    tally.requests += 1
    if (verdict.allowed) return
    tally.refused += 1
    tally.firstRefusedAtWallMs ??= wallMs
    tally.lastRefusedAtWallMs = wallMs
  }

  #tallyOf(ring: 'public' | 'partner', key: string): KeyTally | undefined {
    const name = `${ring} ${key}`
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    if (this.#keys.size >= simulatedKeysMax) {
      this.#requestsNotListed += 1
      return undefined
    }
    const tally: KeyTally = {
      ...{ ring, key, requests: 0, refused: 0 },
      ...{ firstRefusedAtWallMs: undefined, lastRefusedAtWallMs: undefined },
    }
    this.#keys.set(name, tally)
    return tally
  }
}

/** The whole of a log that is in memory already. */
export function simulateRings(
  entries: Iterable<AccessLogEntry>,
  rings: SimulatedRings = {},
  topMax?: number,
): SimulationReport {
  const simulation = new RingSimulation(rings)
  for (const entry of entries) simulation.add(entry)
  return simulation.report(topMax)
}

function emptyTally(): RingTally {
  return { requests: 0, refused: 0, shadowed: 0 }
}

/** Ties in the order of their names, so that a report is the same each time. */
function worstFirst(one: KeyTally, other: KeyTally): number {
  if (one.refused !== other.refused) return other.refused - one.refused
  return one.key < other.key ? -1 : 1
}

/** A clock that shows the latest time of a log. */
class LogClock implements Clock {
  #nowMs = 0

  moveTo(wallMs: number): void {
    if (wallMs > this.#nowMs) this.#nowMs = wallMs
  }

  wallMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  /** Nothing here waits. */
  schedule(): Scheduled {
    return { cancel: () => undefined }
  }
}
