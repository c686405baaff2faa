/**
 * A fleet that lives through whatever a seed makes of it: calls, refusals, crashes, partitions, a store that is slow or
 * loses everything, publications that are lost, repeated or late, clocks that disagree. All of it happens on one fake
 * clock, so that the same seed gives the same history.
 */
import assert from 'node:assert/strict'
import { type RandomSource, uniform } from '@mintmark/runtime'
import { type OperationFault, type PublicationFault, seededRandom } from '@mintmark/testkit'
import { outcomeOf } from '../client-world.ts'
import { type FleetWorld, fleetWorld, type Worker } from './fleet-world.ts'

/** What may go wrong. */
export interface Weather {
  readonly crashes: boolean
  readonly refusals: boolean
  /** Partitions, slowness, and all that befalls publications. */
  readonly storms: boolean
  /** Seconds by which wall clocks may be off. */
  readonly skewSeconds: number
}

/** What came of it. */
export interface Chronicle {
  readonly requests: number
  /** Whole and begun lifetimes, at the earliest instant of renewal. */
  readonly lifetimes: number
  readonly crashes: number
  readonly refusals: number
  readonly wipes: number
  /** For each time that a process was cut off, the lifetimes that it may have needed meanwhile. */
  readonly lifetimesCutOff: number
}

const STEPS = 250
const STEP_MS_MAX = 2_000
const PROCESSES = 5
const LIFETIME_SECONDS = 60
const DEADLINE_MS = 10_000
/** A lifetime ends in its renewal, at the earliest after 70 % of it, less what a clock may be ahead. */
const EARLIEST_RENEWAL_SHARE = 0.7

interface Process {
  readonly worker: Worker
  readonly trouble: { operation: () => OperationFault; publication: () => PublicationFault }
  cutOffSinceMonotonicMs: number | undefined
  /** Refused tokens that it was told of, or that it refused itself. */
  readonly told: Set<string>
}

/** Lives through one history. Throws when an invariant is broken. */
export async function simulate(seed: number, weather: Weather): Promise<Chronicle> {
  const simulation = new Simulation(seed, weather)
  return await simulation.run()
}

class Simulation {
  readonly #world: FleetWorld
  readonly #random: RandomSource
  readonly #weather: Weather
  readonly #processes: Process[] = []
  readonly #ends = new Map<string, number>()
  readonly #calls: Promise<void>[] = []
  readonly #startMonotonicMs: number
  #crashes = 0
  #refusals = 0
  #wipes = 0
  #lifetimesCutOff = 0

  constructor(seed: number, weather: Weather) {
    this.#random = seededRandom(seed)
    this.#world = fleetWorld(seed % 1_000_000)
    this.#weather = weather
    this.#world.issuer.lifetimeSeconds = LIFETIME_SECONDS
    this.#startMonotonicMs = this.#world.clock.monotonicMs()
    for (let number = 0; number < PROCESSES; number += 1) this.#start()
  }

  async run(): Promise<Chronicle> {
    const { clock, issuer } = this.#world
    for (let step = 0; step < STEPS; step += 1) {
      this.#world.issuer.latencyMs = this.#below(2_500)
      this.#act()
      this.#check()
      await clock.advance(this.#below(STEP_MS_MAX))
      this.#check()
    }
    for (const each of this.#processes) this.#reconnect(each)
    await clock.advance(DEADLINE_MS + 1_000)
    await Promise.all(this.#calls)
    const ranMs = clock.monotonicMs() - this.#startMonotonicMs
    return {
      requests: issuer.requestCount,
      lifetimes: this.#lifetimesIn(ranMs) + 1,
      crashes: this.#crashes,
      refusals: this.#refusals,
      wipes: this.#wipes,
      lifetimesCutOff: this.#lifetimesCutOff,
    }
  }

  #act(): void {
    const one = this.#processes[this.#below(PROCESSES)] as Process
    const { crashes, refusals, storms } = this.#weather
    this.#call(one)
    const dice = uniform(this.#random)
    if (crashes && dice < 0.04) this.#crash(one)
    else if (refusals && dice < 0.06) this.#refuse(one)
    else if (storms && dice < 0.1) this.#cutOff(one)
    else if (storms && dice < 0.25) this.#reconnect(one)
    else if (storms && dice < 0.27) this.#wipe()
    else if (storms && dice < 0.4) this.#disturb(one)
  }

  #start(): void {
    const { skewSeconds } = this.#weather
    const trouble: Process['trouble'] = {
      operation: () => undefined,
      publication: () => undefined,
    }
    const told = new Set<string>()
    const worker = this.#world.worker({
      faults: {
        operation: () => trouble.operation(),
        publication: (publication) => {
          const fault = trouble.publication()
          // Delivered within the same step; a late one is noted when it can have arrived.
          if (publication.kind === 'retired' && fault === undefined) {
            queueMicrotask(() => queueMicrotask(() => told.add(publication.fingerprint)))
          }
          return fault
        },
      },
      wallAheadMs: (uniform(this.#random) - 0.5) * skewSeconds * 1_000,
      clockSkewSeconds: skewSeconds,
    })
    this.#processes.push({ worker, trouble, told, cutOffSinceMonotonicMs: undefined })
  }

  /** Somebody wants a token, and must have one within the deadline. */
  #call({ worker }: Process): void {
    const { clock } = this.#world
    const startMonotonicMs = clock.monotonicMs()
    const call = async (): Promise<void> => {
      const { value, error } = await outcomeOf(worker.token())
      const waitedMs = clock.monotonicMs() - startMonotonicMs
      assert(waitedMs <= DEADLINE_MS + 50, `a caller waited for ${waitedMs} ms`)
      if (this.#hasGone(worker)) return
      assert.equal(error, undefined)
      assert(value !== undefined)
    }
    this.#calls.push(call())
  }

  #hasGone(worker: Worker): boolean {
    return !this.#processes.some((each) => each.worker === worker)
  }

  #crash(one: Process): void {
    this.#crashes += 1
    this.#noteCutOff(one)
    one.worker.crash()
    this.#processes.splice(this.#processes.indexOf(one), 1)
    this.#start()
  }

  /** A resource server refuses the token in hand. */
  #refuse({ worker, told }: Process): void {
    const token = worker.source.currentToken()
    if (token === undefined) return
    this.#refusals += 1
    told.add(token.fingerprint)
    worker.source.invalidate(token.fingerprint)
  }

  #cutOff(one: Process): void {
    const fault = (['fail', 'hang', 'lose_answer'] as const)[this.#below(3)]
    one.trouble.operation = () => fault
    one.trouble.publication = () => 'drop'
    one.cutOffSinceMonotonicMs ??= this.#world.clock.monotonicMs()
  }

  #reconnect(one: Process): void {
    one.trouble.operation = () => undefined
    one.trouble.publication = () => undefined
    this.#noteCutOff(one)
  }

  #noteCutOff(one: Process): void {
    const since = one.cutOffSinceMonotonicMs
    one.cutOffSinceMonotonicMs = undefined
    if (since === undefined) return
    // It may begin with a request under way, and goes on for as long as the store is left alone afterwards.
    const lastedMs = this.#world.clock.monotonicMs() - since + 40_000
    this.#lifetimesCutOff += this.#lifetimesIn(lastedMs) + 1
  }

  #wipe(): void {
    this.#wipes += 1
    this.#world.store.wipe()
  }

  /** Slow, and unreliable in what it says. Counts as being cut off: the deadline may be passed. */
  #disturb(one: Process): void {
    one.cutOffSinceMonotonicMs ??= this.#world.clock.monotonicMs()
    one.trouble.operation = () => (this.#below(3) === 0 ? { delayMs: this.#below(400) } : undefined)
    const faults = [undefined, 'drop', 'repeat', { delayMs: 4_000 }] as const
    one.trouble.publication = () => faults[this.#below(faults.length)]
  }

  /** Nobody has a token that has ended, or of which it was told that it is refused. */
  #check(): void {
    const nowMonotonicMs = this.#world.clock.monotonicMs()
    for (const { worker, told } of this.#processes) {
      for (const event of worker.events) {
        if (event.type === 'token_obtained' && event.attempts > 0) {
          this.#noteEnd(event.fingerprint)
        }
      }
      if (!worker.source.isReady) continue
      const token = worker.source.currentToken()
      assert(token !== undefined)
      assert(!told.has(token.fingerprint), 'a refused token is in use')
      const endsAt = this.#ends.get(token.fingerprint)
      assert(endsAt === undefined || nowMonotonicMs < endsAt, 'a token past its end is in use')
    }
  }

  /** The first that is heard of a token is not before its issuance. */
  #noteEnd(fingerprint: string): void {
    if (this.#ends.has(fingerprint)) return
    this.#ends.set(fingerprint, this.#world.clock.monotonicMs() + LIFETIME_SECONDS * 1_000)
  }

  #lifetimesIn(durationMs: number): number {
    const shortestMs = LIFETIME_SECONDS * 1_000 * EARLIEST_RENEWAL_SHARE
    return Math.ceil(durationMs / (shortestMs - this.#weather.skewSeconds * 1_000))
  }

  #below(bound: number): number {
    return Math.floor(uniform(this.#random) * bound)
  }
}
