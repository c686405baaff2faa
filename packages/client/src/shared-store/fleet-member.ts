/**
 * One client's membership in a fleet: its keys, the one subscription for all of them, and what they share.
 *
 * Invariants
 *  (1) Nothing is asked of the store before the first token is wanted.
 *  (2) A publication is heard by the key it is about, whoever made it; of others nothing is kept.
 *  (3) After `leave` no lease, timer or subscription of this member is left, but for what the store is late with.
 */
import { createIdentifierSource } from '@mintmark/runtime'
import { leaseMsMax, leaseReserveMs } from '../limits.ts'
import { withinTime } from '../time-limit.ts'
import type { NamedKind } from './entry-names.ts'
import { FleetBreaker } from './fleet-breaker.ts'
import { Lease } from './lease.ts'
import type { Sealing } from './sealing.ts'
import { type KeyNames, SharedKey } from './shared-key.ts'
import type { MintWindow, Publication, SharedCircuit, SharedStore } from './shared-store.ts'
import { StoreHealth } from './store-health.ts'
import type { FleetMember, FleetParts, FollowedKey, Follower } from './token-store.ts'
import { Tombstones } from './tombstones.ts'

/** What a fleet shares. */
export interface FleetStore {
  readonly driver: SharedStore
  readonly sealing: Sealing
  /** How long one operation may take. */
  readonly deadlineMs: number
}

const SALT = 'credential salt'

/** The membership of one client. */
export class StoreMember implements FleetMember {
  readonly breaker: FleetBreaker
  readonly #fleet: FleetStore
  readonly #parts: FleetParts
  readonly #store: StoreHealth
  readonly #tombstones = new Tombstones()
  /** By the name of the entry, and by that of the pause. */
  readonly #keys = new Map<string, SharedKey>()
  readonly #pauses = new Map<string, SharedKey>()
  readonly #leases = new Set<Lease>()
  readonly #nextOwner: () => string
  readonly #leaseMs: number
  #subscription: Promise<() => Promise<void>> | undefined
  #left: Promise<void> | undefined

  constructor(fleet: FleetStore, parts: FleetParts) {
    this.#fleet = fleet
    this.#parts = parts
    this.#nextOwner = createIdentifierSource(parts.random)
    this.#leaseMs = Math.min(leaseMsMax, parts.tokenRequestTimeoutMs + leaseReserveMs)
    this.#store = new StoreHealth({ ...parts, ...fleet, onRecovered: () => this.#resume() })
    this.breaker = new FleetBreaker({
      ...{ store: this.#store, clock: parts.clock, throttle: parts.throttle },
      nameOf: (name) => this.#nameOf('circuit', name),
    })
  }

  /** See {@link FleetMember.follow}. */
  follow(key: string, follower: Follower): FollowedKey {
    let joined: Promise<SharedKey> | undefined
    const shared = (): Promise<SharedKey> => {
      joined ??= this.#join(key, follower)
      return joined
    }
    return {
      obtain: async (errand, request, signal) => {
        this.#listen()
        return (await shared()).obtain(errand, request, signal)
      },
      refused: (token) => this.#inBackground(async () => (await shared()).refused(token)),
      stop: () => this.#inBackground(async () => this.#drop(await joined)),
    }
  }

  /** See {@link FleetMember.credentialSalt}. */
  async credentialSalt(): Promise<Uint8Array> {
    return new TextEncoder().encode(await this.#nameOf('circuit', SALT))
  }

  /** See {@link FleetMember.forget}. */
  forget(): void {
    for (const key of this.#keys.values()) this.#inBackground(() => key.forget())
  }

  /** See {@link FleetMember.spend}. */
  async spend(
    budget: string,
    windows: readonly MintWindow[],
  ): Promise<readonly number[] | undefined> {
    const name = await this.#nameOf('budget', budget)
    const answer = await this.#store.attempt({ name, run: (driver) => driver.spend(name, windows) })
    return answer.ok ? answer.value : undefined
  }

  /** See {@link FleetMember.leave}. */
  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  async #leave(): Promise<void> {
    await Promise.all([...this.#leases].map((lease) => lease.end()))
    this.#store.end()
    const { clock } = this.#parts
    const unsubscribe = async (): Promise<void> => (await this.#subscription)?.()
    try {
      await withinTime(clock, this.#fleet.deadlineMs, new AbortController().signal, unsubscribe)
    } catch {
      // A store that does not answer has nobody to tell. Whatever comes from it finds no key.
    }
    this.#keys.clear()
    this.#pauses.clear()
  }

  async #join(key: string, follower: Follower): Promise<SharedKey> {
    const names = await this.#namesOf(key)
    const joined = new SharedKey({
      ...{ names, follower, store: this.#store, sealing: this.#fleet.sealing },
      ...{ breaker: this.breaker, tombstones: this.#tombstones, nextOwner: this.#nextOwner },
      ...this.#parts,
      leaseMs: this.#leaseMs,
      hold: (name, owner) => this.#hold(name, owner),
    })
    this.#keys.set(names.entry, joined)
    this.#pauses.set(names.pause, joined)
    return joined
  }

  async #namesOf(key: string): Promise<KeyNames> {
    const { sealing } = this.#fleet
    return {
      entry: await sealing.nameOf('entry', key),
      pause: await sealing.nameOf('circuit', JSON.stringify(['pause', key])),
    }
  }

  /** A key that was dropped and followed again has the same names. */
  #drop(key: SharedKey | undefined): void {
    for (const named of [this.#keys, this.#pauses]) {
      for (const [name, each] of named) if (each === key) named.delete(name)
    }
  }

  #hold(name: string, owner: string): Lease {
    const lease: Lease = new Lease({
      ...{ store: this.#store, clock: this.#parts.clock, name, owner, leaseMs: this.#leaseMs },
      onEnd: () => this.#leases.delete(lease),
    })
    this.#leases.add(lease)
    return lease
  }

  #listen(): void {
    this.#subscription ??= this.#subscribed()
  }

  async #subscribed(): Promise<() => Promise<void>> {
    try {
      const end = await this.#fleet.driver.subscribe(
        (publication) => this.#hear(publication),
        () => this.#hearGap(),
      )
      // Whatever was published before this moment has been missed.
      this.#hearGap()
      return end
    } catch {
      this.#subscription = undefined
      return async () => undefined
    }
  }

  #hear(publication: Publication): void {
    const key = this.#keys.get(publication.name)
    switch (publication.kind) {
      case 'written':
        this.#inBackground(async () => key?.hearWritten(publication))
        break
      case 'released':
        key?.hearRelease()
        break
      case 'retired':
        key?.hearRetired(publication.fingerprint)
        break
      case 'circuit':
        this.#hearCircuit(publication.name, publication.circuit)
    }
  }

  #hearCircuit(name: string, circuit: SharedCircuit | undefined): void {
    const paused = this.#pauses.get(name)
    if (paused === undefined) this.breaker.hear(name, circuit)
    else paused.hearPause(circuit)
  }

  #hearGap(): void {
    this.breaker.hearGap()
    for (const key of this.#keys.values()) key.hearRelease()
  }

  #resume(): void {
    for (const key of this.#keys.values()) this.#inBackground(() => key.resume())
  }

  /** What fails here is a port that misbehaves. Whoever needs the key next meets it, and is told. */
  #inBackground(work: () => Promise<void>): void {
    work().catch(() => undefined)
  }

  #nameOf(kind: NamedKind, name: string): Promise<string> {
    const { authority, clientId } = this.#parts
    return this.#fleet.sealing.nameOf(kind, JSON.stringify([name, authority, clientId]))
  }
}
