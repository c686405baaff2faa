/**
 * The breaker of a whole fleet (requirement C7): what a server said to one process holds for all that ask with the same
 * credential. A circuit in the store lets one probe through per pause, whichever process it is; and a pause that the
 * server asked for with `Retry-After` is a pause for everybody.
 *
 * Invariants
 *  (1) The names in the store are keyed hashes; a changed credential has another name, hence no circuit.
 *  (2) While the store is away the circuits go on as far as they are known here, with a probe per process.
 *  (3) What the store says is of no effect unless it is a failure that this package knows.
 */
import type { Clock } from '@mintmark/runtime'
import { type Breaker, CredentialBreaker } from '../credential-breaker.ts'
import { type Failure, isFailureCode } from '../failure.ts'
import { circuitKeepMs } from '../limits.ts'
import type { Throttle } from '../throttle.ts'
import type { SharedCircuit } from './shared-store.ts'
import type { StoreHealth } from './store-health.ts'

/** What the breaker of a fleet needs. */
export interface FleetBreakerParts {
  readonly store: StoreHealth
  readonly clock: Clock
  readonly throttle: Throttle
  /** The name of a circuit in the store. */
  readonly nameOf: (name: string) => Promise<string>
}

const THROTTLE = 'throttle'

/** The circuits of a fleet as one process knows them. */
export class FleetBreaker implements Breaker {
  readonly #parts: FleetBreakerParts
  #known = new CredentialBreaker()
  #throttleName: string | undefined

  constructor(parts: FleetBreakerParts) {
    this.#parts = parts
  }

  /** See `CredentialBreaker.refusal`. Asks the store for what this process does not know. */
  async refusal(names: readonly string[], nowMonotonicMs: number): Promise<Failure | undefined> {
    const shared = await Promise.all(names.map((name) => this.#parts.nameOf(name)))
    const known = this.#known.refusal(shared, nowMonotonicMs)
    if (known !== undefined) return known
    for (const name of [await this.#throttle(), ...shared]) {
      const circuit = await this.#pass(name)
      if (circuit === undefined) continue
      const failure = this.#note(name, circuit)
      if (circuit.remainingMs > 0 && failure !== undefined) return failure
    }
    return undefined
  }

  /** See `CredentialBreaker.open`. Comes back when the fleet has been told. */
  async open(name: string, failure: Failure, nowMonotonicMs: number): Promise<Failure> {
    const shared = await this.#parts.nameOf(name)
    const opened = this.#known.open(shared, failure, nowMonotonicMs)
    await this.#openShared(shared, failure, opened.retryAfterMs ?? 0, circuitKeepMs)
    return opened
  }

  /** See `CredentialBreaker.close`. */
  async close(name: string): Promise<boolean> {
    const shared = await this.#parts.nameOf(name)
    if (!this.#known.close(shared)) return false
    const { store } = this.#parts
    await store.attempt({ name: shared, run: (driver) => driver.closeCircuit(shared) })
    return true
  }

  /** Spreads the pause that the server asked for. It needs no probe: when it is over it is forgotten. */
  async pause(failure: Failure, pauseMs: number): Promise<void> {
    await this.#openShared(await this.#throttle(), failure, pauseMs, pauseMs)
  }

  /** Takes note of what another process learned. */
  hear(name: string, circuit: SharedCircuit | undefined): void {
    if (circuit === undefined) this.#known.close(name)
    else this.#note(name, circuit)
  }

  /** Something may have been missed: from here on the store is asked again. */
  hearGap(): void {
    this.#known = new CredentialBreaker()
  }

  /** @returns The failure that holds back whoever asks now; `undefined` for one that nobody knows. */
  #note(name: string, { code, pauseMs, remainingMs }: SharedCircuit): Failure | undefined {
    if (!isFailureCode(code)) return undefined
    const { clock, throttle } = this.#parts
    const nowMonotonicMs = clock.monotonicMs()
    const failure: Failure = { code, retryAfterMs: Math.ceil(remainingMs), asked: false }
    if (name === this.#throttleName) throttle.pause(failure, nowMonotonicMs + remainingMs)
    else this.#known.learn(name, { code }, pauseMs, nowMonotonicMs + remainingMs)
    return failure
  }

  async #pass(name: string): Promise<SharedCircuit | undefined> {
    const answer = await this.#parts.store.attempt({
      name,
      run: (driver) => driver.passCircuit(name),
    })
    return answer.ok ? answer.value : undefined
  }

  async #openShared(
    name: string,
    { code }: Failure,
    pauseMs: number,
    keepMs: number,
  ): Promise<void> {
    const { store } = this.#parts
    await store.attempt({ name, run: (driver) => driver.openCircuit(name, code, pauseMs, keepMs) })
  }

  async #throttle(): Promise<string> {
    this.#throttleName ??= await this.#parts.nameOf(THROTTLE)
    return this.#throttleName
  }
}
