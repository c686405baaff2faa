/**
 * For how long the database has been away, and whether a node may go on without it.
 *
 * Invariants
 *  (1) Within its process the grace is counted on the monotonic clock, whatever happens to the wall clock.
 *  (2) Every beginning, end and excess is told once.
 */
import type { Clock, Observer, Scheduled } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'

/** What a staleness needs. */
export interface StalenessWorld {
  readonly clock: Clock
  readonly observer: Observer<AuthorizationServerEvent>
  readonly graceSeconds: number
}

/** One node's distance from its database. */
export class Staleness {
  readonly #world: StalenessWorld
  #sinceWallMs: number | undefined
  #graceEnd: Scheduled | undefined
  /** Whether requests may be answered from memory: read at each request. */
  isWithinGrace = true

  constructor(world: StalenessWorld) {
    this.#world = world
  }

  /** Since when, on the wall clock; `undefined` while the database is there. */
  get sinceWallMs(): number | undefined {
    return this.#sinceWallMs
  }

  /** The database did not answer; it was last heard of at `sinceWallMs`. Only the first time counts. */
  begin(sinceWallMs: number): void {
    if (this.#sinceWallMs !== undefined) return
    const { clock, observer, graceSeconds } = this.#world
    this.#sinceWallMs = sinceWallMs
    observer({ type: 'serving_stale', sinceWallMs })
    const leftMs = graceSeconds * 1000 - Math.max(0, clock.wallMs() - sinceWallMs)
    if (leftMs <= 0) this.#exceed()
    else this.#graceEnd = clock.schedule(leftMs, () => this.#exceed())
  }

  /** The database answered. */
  end(): void {
    if (this.#sinceWallMs === undefined) return
    const staleSeconds = this.seconds()
    this.stop()
    this.#sinceWallMs = undefined
    this.isWithinGrace = true
    this.#world.observer({ type: 'serving_current', staleSeconds })
  }

  /** Whole seconds since the database was last heard of; 0 while it is there. */
  seconds(): number {
    if (this.#sinceWallMs === undefined) return 0
    return Math.max(0, Math.floor((this.#world.clock.wallMs() - this.#sinceWallMs) / 1000))
  }

  /** Counts no longer. */
  stop(): void {
    this.#graceEnd?.cancel()
  }

  #exceed(): void {
    this.isWithinGrace = false
    this.#world.observer({ type: 'grace_exceeded', staleSeconds: this.seconds() })
  }
}
