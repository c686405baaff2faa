/**
 * A lease in hand: the right to be the one worker of a fleet that asks for a token.
 *
 * Invariants
 *  (1) It is extended each third of its length until it is over, so that it outlives a slow token request by little and
 *      a process that died by no more than its length.
 *  (2) It ends once. An extension that overlaps with the end is given up as well.
 *  (3) Losing it does no harm: what is written is fenced by the generation.
 */
import type { Clock, Scheduled } from '@mintmark/runtime'
import type { StoreHealth } from './store-health.ts'

/** What a lease consists of. */
export interface LeaseParts {
  readonly store: StoreHealth
  readonly clock: Clock
  readonly name: string
  readonly owner: string
  readonly leaseMs: number
  /** Told once, when it is over. */
  readonly onEnd: () => void
}

const EXTENSIONS_PER_LEASE = 3

/** A lease that has been taken. */
export class Lease {
  readonly #parts: LeaseParts
  #timer: Scheduled
  #isOver = false

  constructor(parts: LeaseParts) {
    this.#parts = parts
    this.#timer = this.#extendLater()
  }

  get owner(): string {
    return this.#parts.owner
  }

  /** Notes that it was given up together with a write. */
  spend(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#timer.cancel()
    this.#parts.onEnd()
  }

  /** Gives it up, unless it is over. */
  async end(): Promise<void> {
    if (this.#isOver) return
    this.spend()
    await this.#release()
  }

  async #release(): Promise<void> {
    const { store, name, owner } = this.#parts
    await store.attempt({ name, run: (driver) => driver.release(name, owner) })
  }

  #extendLater(): Scheduled {
    const { clock, leaseMs } = this.#parts
    return clock.schedule(leaseMs / EXTENSIONS_PER_LEASE, () => void this.#extend())
  }

  async #extend(): Promise<void> {
    const { store, name, owner, leaseMs } = this.#parts
    const answer = await store.attempt({
      name,
      run: (driver) => driver.acquire(name, owner, leaseMs),
      onLate: async (_answer, driver) => {
        if (this.#isOver) await driver.release(name, owner)
      },
    })
    if (this.#isOver) await this.#release()
    else if (!answer.ok || answer.value.isAcquired) this.#timer = this.#extendLater()
  }
}
