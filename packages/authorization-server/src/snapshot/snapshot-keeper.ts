/**
 * When the snapshot is written: soon after a change, and from time to time without one, so that its age says how long
 * the database has not been heard of.
 *
 * Invariants
 *  (1) One write is under way at a time, and the larger it was, the longer is the pause after it.
 *  (2) A write that fails is told, tried again later, and disturbs nothing else.
 */
import type { Clock, Observer, RandomSource, Scheduled } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import { snapshotClientsPerMs, snapshotDelayMs, snapshotRenewalMs } from '../limits.ts'
import { systemCodeOf } from '../system-code.ts'
import { type SnapshotPlace, writeSnapshot } from './snapshot-file.ts'
import type { LastKnownState } from './snapshot-lines.ts'

/** Writes the snapshot of one server. */
export interface SnapshotKeeper {
  /** To be called after each successful look at the database. */
  confirmed(sequence: number): void
  /** Writes what is still to be written. Nothing is written afterwards. */
  stop(): Promise<void>
}

/** The keeper of a server without a snapshot. */
export const noSnapshot: SnapshotKeeper = {
  confirmed: () => undefined,
  stop: async () => undefined,
}

interface World {
  readonly clock: Clock
  readonly random: RandomSource
  readonly observer: Observer<AuthorizationServerEvent>
}

/** What the keeper asks of the state. */
export interface KeptState {
  /** As of the call; `undefined` while it is not known to be current. */
  lastKnown(): LastKnownState | undefined
  /** Has a look at the database, and calls `confirmed` if that succeeds. */
  look(): void
}

/** Makes the keeper. */
export function keepSnapshot(place: SnapshotPlace, state: KeptState, world: World): SnapshotKeeper {
  return new Keeper(place, state, world)
}

class Keeper implements SnapshotKeeper {
  readonly #place: SnapshotPlace
  readonly #state: KeptState
  readonly #world: World
  #writtenSequence = -1
  #renewAtMonotonicMs = 0
  #pauseMs = snapshotDelayMs
  #next: Scheduled | undefined
  #isDue = false
  #isWriting = false
  #writing: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(place: SnapshotPlace, state: KeptState, world: World) {
    this.#place = place
    this.#state = state
    this.#world = world
  }

  confirmed(sequence: number): void {
    const isOld = this.#world.clock.monotonicMs() >= this.#renewAtMonotonicMs
    if (this.#isStopped || this.#isDue || !(isOld || sequence !== this.#writtenSequence)) return
    this.#isDue = true
    // What is being written is from before; whoever finishes it sees that it is not enough.
    if (!this.#isWriting) this.#writeAfter(this.#pauseMs)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#next?.cancel()
    await this.#writing
    if (this.#isDue) await this.#write()
  }

  #writeAfter(delayMs: number): void {
    this.#next?.cancel()
    this.#next = this.#world.clock.schedule(delayMs, () => {
      this.#writing = this.#write()
    })
  }

  #lookAfter(delayMs: number): void {
    this.#next?.cancel()
    this.#next = this.#world.clock.schedule(delayMs, () => {
      this.#lookAfter(delayMs)
      this.#state.look()
    })
  }

  async #write(): Promise<void> {
    const { clock, observer, random } = this.#world
    const known = this.#state.lastKnown()
    this.#isDue = false
    this.#isWriting = true
    const startedAtMonotonicMs = clock.monotonicMs()
    try {
      if (known !== undefined) {
        await writeSnapshot(this.#place, known, random)
        this.#writtenSequence = known.state.sequence
        this.#renewAtMonotonicMs = startedAtMonotonicMs + snapshotRenewalMs
      }
    } catch (error) {
      observer({ type: 'snapshot_failed', systemCode: systemCodeOf(error) })
    }
    this.#isWriting = false
    const clients = known?.state.clients.length ?? 0
    this.#pauseMs = Math.max(snapshotDelayMs, clients / snapshotClientsPerMs)
    if (this.#isStopped) return
    if (this.#isDue) this.#writeAfter(this.#pauseMs)
    else this.#lookAfter(snapshotRenewalMs)
  }
}
