/**
 * A shared store in memory: the driver that simulations and tests run on, with faults at will. What the rules of
 * `SharedStore` say, with nothing between.
 *
 * Invariants
 *  (1) An operation happens in one step, at the instant at which it begins or to which it was delayed.
 *  (2) The clock given is the store's clock.
 *  (3) Publications reach every subscriber in a later microtask, in the order in which they were made.
 */
import type {
  LeaseAnswer,
  MintWindow,
  Publication,
  SharedCircuit,
  SharedRecord,
  SharedStore,
  SharedWrite,
} from '@mintmark/client/shared-store'
import { type Clock, sleep } from '@mintmark/runtime'

/** The operations that faults can befall. */
export type StoreOperation = Exclude<keyof SharedStore, 'subscribe' | 'close'>

/**
 * What befalls an operation: it fails without effect, its answer is lost after it took effect, it happens late, or it
 * never answers and has no effect.
 */
export type OperationFault =
  | 'fail'
  | 'lose_answer'
  | 'hang'
  | { readonly delayMs: number }
  | undefined

/** What befalls a publication on its way to one subscriber. */
export type PublicationFault = 'drop' | 'repeat' | { readonly delayMs: number } | undefined

/** Faults between one process and the store. Each is asked anew every time; `undefined` is no fault. */
export interface StoreFaults {
  readonly operation?: (operation: StoreOperation, name: string) => OperationFault
  readonly publication?: (publication: Publication) => PublicationFault
}

/** A store in memory, and what only a test can do to it. */
export interface MemorySharedStore extends SharedStore {
  /** The same store as another process sees it. Closing it ends what was subscribed through it. */
  connect(faults?: StoreFaults): SharedStore
  /** Loses everything, as a store does that restarts without persistence. Subscribers are told of a gap. */
  wipe(): void
  /** Tells all subscribers of a gap. */
  interrupt(): void
}

interface StoredRecord {
  generation: number
  sealed: string | undefined
  entryUntilMs: number
  leaseOwner: string | undefined
  leaseUntilMs: number
  /** Fingerprints with their ends, the newest last. */
  tombstones: readonly (readonly [fingerprint: string, untilMs: number])[]
}

interface StoredCircuit {
  readonly code: string
  readonly pauseMs: number
  readonly pauseUntilMs: number
  readonly keptUntilMs: number
}

interface Subscriber {
  readonly listener: (publication: Publication) => void
  readonly onGap: () => void
  readonly faults: StoreFaults
}

const TOMBSTONES_MAX = 16

/** Makes an empty store. Keeps every name for ever: it lives as long as a test. */
export function memorySharedStore(options: { readonly clock: Clock }): MemorySharedStore {
  const store = new StoreInMemory(options.clock)
  return {
    ...store.connect({}),
    connect: (faults = {}) => store.connect(faults),
    wipe: () => store.wipe(),
    interrupt: () => store.interrupt(),
  }
}

class StoreInMemory {
  readonly #clock: Clock
  readonly #records = new Map<string, StoredRecord>()
  readonly #circuits = new Map<string, StoredCircuit>()
  readonly #spent = new Map<string, { readonly index: number; count: number }>()
  readonly #subscribers = new Set<Subscriber>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wipe(): void {
    this.#records.clear()
    this.#circuits.clear()
    this.#spent.clear()
    this.interrupt()
  }

  interrupt(): void {
    for (const { onGap } of this.#subscribers) queueMicrotask(onGap)
  }

  connect(faults: StoreFaults): SharedStore {
    const own = new Set<Subscriber>()
    const perform = <Value>(operation: StoreOperation, name: string, step: () => Value) =>
      this.#perform(faults.operation?.(operation, name), step)
    return {
      read: (name) => perform('read', name, () => this.#shown(name)),
      acquire: (name, owner, leaseMs) =>
        perform('acquire', name, () => this.#acquire(name, owner, leaseMs)),
      write: (name, write) => perform('write', name, () => this.#write(name, write)),
      release: (name, owner) => perform('release', name, () => this.#release(name, owner)),
      retire: (name, fingerprint, lifetimeMs) =>
        perform('retire', name, () => this.#retire(name, fingerprint, lifetimeMs)),
      clear: (name) => perform('clear', name, () => this.#clear(name)),
      passCircuit: (name) => perform('passCircuit', name, () => this.#passCircuit(name)),
      openCircuit: (name, code, pauseMs, keepMs) =>
        perform('openCircuit', name, () => this.#openCircuit(name, code, pauseMs, keepMs)),
      closeCircuit: (name) => perform('closeCircuit', name, () => this.#closeCircuit(name)),
      spend: (name, windows) => perform('spend', name, () => this.#spend(name, windows)),
      subscribe: async (listener, onGap) => {
        const subscriber = { listener, onGap, faults }
        own.add(subscriber)
        this.#subscribers.add(subscriber)
        return async () => {
          this.#subscribers.delete(subscriber)
        }
      },
      close: async () => {
        for (const subscriber of own) this.#subscribers.delete(subscriber)
      },
    }
  }

  async #perform<Value>(fault: OperationFault, step: () => Value): Promise<Value> {
    if (fault === 'hang') return new Promise(() => {})
    if (fault === 'fail') throw new Error('the shared store failed, as the test wanted')
    if (typeof fault === 'object') await sleep(this.#clock, fault.delayMs)
    const value = step()
    if (fault === 'lose_answer') throw new Error('the answer was lost, as the test wanted')
    return value
  }

  get #now(): number {
    return this.#clock.monotonicMs()
  }

  #record(name: string): StoredRecord {
    const record = this.#records.get(name) ?? {
      generation: 0,
      ...nothingHeld,
    }
    this.#records.set(name, record)
    return record
  }

  #shown(name: string): SharedRecord {
    const now = this.#now
    const { generation, sealed, entryUntilMs, leaseUntilMs, tombstones } = this.#record(name)
    const isAlive = sealed !== undefined && entryUntilMs > now
    return {
      generation,
      sealed: isAlive ? sealed : undefined,
      remainingMs: isAlive ? entryUntilMs - now : 0,
      leaseRemainingMs: Math.max(0, leaseUntilMs - now),
      tombstones: tombstones.filter(([, until]) => until > now).map(([fingerprint]) => fingerprint),
    }
  }

  #acquire(name: string, owner: string, leaseMs: number): LeaseAnswer {
    const record = this.#record(name)
    const isAcquired = record.leaseUntilMs <= this.#now || record.leaseOwner === owner
    if (isAcquired) {
      record.leaseOwner = owner
      record.leaseUntilMs = this.#now + leaseMs
    }
    return { isAcquired, record: this.#shown(name) }
  }

  #write(name: string, write: SharedWrite): number | undefined {
    const record = this.#record(name)
    if (record.generation > write.generation) return undefined
    const { owner, sealed, lifetimeMs } = write
    record.generation = write.generation + 1
    record.sealed = sealed
    record.entryUntilMs = this.#now + lifetimeMs
    if (record.leaseOwner === owner) Object.assign(record, noLease)
    const { generation } = record
    this.#publish({ kind: 'written', name, generation, sealed, remainingMs: lifetimeMs })
    return generation
  }

  #release(name: string, owner: string): void {
    const record = this.#record(name)
    if (record.leaseOwner !== owner || record.leaseUntilMs <= this.#now) return
    Object.assign(record, noLease)
    this.#publish({ kind: 'released', name })
  }

  #retire(name: string, fingerprint: string, lifetimeMs: number): void {
    const record = this.#record(name)
    const others = record.tombstones.filter(
      ([each, until]) => each !== fingerprint && until > this.#now,
    )
    const tombstone = [fingerprint, this.#now + lifetimeMs] as const
    record.tombstones = [...others, tombstone].slice(-TOMBSTONES_MAX)
    this.#publish({ kind: 'retired', name, fingerprint })
  }

  #clear(name: string): void {
    Object.assign(this.#record(name), nothingHeld)
  }

  #passCircuit(name: string): SharedCircuit | undefined {
    const circuit = this.#circuits.get(name)
    const now = this.#now
    if (circuit === undefined || circuit.keptUntilMs <= now) return undefined
    const { code, pauseMs, pauseUntilMs } = circuit
    if (pauseUntilMs > now) return { code, pauseMs, remainingMs: pauseUntilMs - now }
    this.#circuits.set(name, { ...circuit, pauseUntilMs: now + pauseMs })
    return { code, pauseMs, remainingMs: 0 }
  }

  #openCircuit(name: string, code: string, pauseMs: number, keepMs: number): void {
    const now = this.#now
    const [pauseUntilMs, keptUntilMs] = [now + pauseMs, now + keepMs]
    this.#circuits.set(name, { code, pauseMs, pauseUntilMs, keptUntilMs })
    this.#publish({ kind: 'circuit', name, circuit: { code, pauseMs, remainingMs: pauseMs } })
  }

  #closeCircuit(name: string): void {
    const circuit = this.#circuits.get(name)
    if (circuit === undefined || circuit.keptUntilMs <= this.#now) return
    this.#circuits.delete(name)
    this.#publish({ kind: 'circuit', name, circuit: undefined })
  }

  #spend(name: string, windows: readonly MintWindow[]): readonly number[] {
    const counters = windows.map(({ windowSeconds, limit }) => {
      const key = `${windowSeconds} ${name}`
      const index = Math.floor(this.#clock.wallMs() / (windowSeconds * 1000))
      const kept = this.#spent.get(key)
      const counter = kept?.index === index ? kept : { index, count: 0 }
      this.#spent.set(key, counter)
      return { counter, limit, next: counter.count + 1 }
    })
    const isAllowed = counters.every(({ next, limit }) => next <= limit)
    if (isAllowed) for (const { counter } of counters) counter.count += 1
    return counters.map(({ next }) => next)
  }

  #publish(publication: Publication): void {
    for (const subscriber of this.#subscribers) void this.#deliver(subscriber, publication)
  }

  async #deliver(subscriber: Subscriber, publication: Publication): Promise<void> {
    const fault = subscriber.faults.publication?.(publication)
    if (fault === 'drop') return
    const publishedAtMs = this.#now
    if (typeof fault === 'object') await sleep(this.#clock, fault.delayMs)
    else await undefined
    if (!this.#subscribers.has(subscriber)) return
    const heard = laterBy(this.#now - publishedAtMs, publication)
    subscriber.listener(heard)
    if (fault === 'repeat') subscriber.listener(heard)
  }
}

/** What a publication says about remaining time, when it is heard late. */
function laterBy(lateMs: number, publication: Publication): Publication {
  const left = (remainingMs: number): number => Math.max(0, remainingMs - lateMs)
  if (publication.kind === 'written') {
    return { ...publication, remainingMs: left(publication.remainingMs) }
  }
  if (publication.kind !== 'circuit' || publication.circuit === undefined) return publication
  const { circuit } = publication
  return { ...publication, circuit: { ...circuit, remainingMs: left(circuit.remainingMs) } }
}

const noLease = { leaseOwner: undefined, leaseUntilMs: 0 }
const nothingHeld = { ...noLease, sealed: undefined, entryUntilMs: 0, tombstones: [] }
