/**
 * One of the places of a node, and the worker in it: started again when it ends, replaced without a gap when asked.
 *
 * Invariants
 *  (1) While the place is open, a worker is in it, starting, or due to start after a pause that doubles with every
 *      worker that ended young.
 *  (2) A worker is stopped for a replacement only when that takes requests.
 *  (3) A closed place starts nothing.
 */
import type { ServerReport } from '@mintmark/authorization-server'
import type { Clock, Scheduled } from '@mintmark/runtime'
import { failure } from '../command-failure.ts'
import { workerMatureMs, workerPauseMsMax, workerPauseMsMin } from '../limits.ts'
import type { SupervisedWorker } from './supervised-worker.ts'
import type { WorkerReady } from './worker-messages.ts'

/** What a place is made of. */
export interface PlaceWorld {
  readonly clock: Clock
  /** Starts a worker for this place. */
  readonly start: () => SupervisedWorker
  /** A worker ended without being asked to; with it, so many in a row did so young. */
  readonly onLoss: (worker: SupervisedWorker, endedYoung: number) => void
  /** A worker is gone, whatever the reason; what it told last. */
  readonly onEnd: (report: ServerReport | undefined) => void
}

/** A place for one worker. */
export class WorkerPlace {
  readonly #world: PlaceWorld
  /** All of the place that have not ended: two during a replacement. */
  readonly #workers = new Set<SupervisedWorker>()
  #hasOpened = false
  #isClosed = false
  #isReplacing = false
  #endedYoung = 0
  #pause: Scheduled | undefined

  constructor(world: PlaceWorld) {
    this.#world = world
  }

  /** Starts the first worker. Rejects with its failure; the place is closed then. */
  async open(): Promise<WorkerReady> {
    try {
      const ready = await this.#start().ready
      this.#hasOpened = true
      return ready
    } catch (error) {
      await this.close(0)
      throw error
    }
  }

  /** The worker that takes requests, if there is one. */
  get serving(): SupervisedWorker | undefined {
    return [...this.#workers].find((worker) => worker.isServing)
  }

  /**
   * Starts another worker, and stops the one before once that takes requests. Rejects with the failure of the new one;
   * the one before stays then.
   */
  async replace(drainDelayMs: number): Promise<void> {
    const before = [...this.#workers]
    this.#isReplacing = true
    try {
      const next = this.#start()
      await next.ready.catch(async (error) => {
        await next.stop(0)
        throw error
      })
    } finally {
      this.#isReplacing = false
      this.#refill()
    }
    await Promise.all(before.map((worker) => worker.stop(drainDelayMs)))
  }

  /** Stops what is here, for good. */
  async close(drainDelayMs: number): Promise<void> {
    this.#isClosed = true
    this.#pause?.cancel()
    await Promise.all([...this.#workers].map((worker) => worker.stop(drainDelayMs)))
  }

  #start(): SupervisedWorker {
    if (this.#isClosed) throw failure('worker_ended', 'the node stops before it has started')
    this.#pause?.cancel()
    this.#pause = undefined
    const worker = this.#world.start()
    this.#workers.add(worker)
    void worker.ended.then(() => this.#ended(worker))
    return worker
  }

  #ended(worker: SupervisedWorker): void {
    this.#workers.delete(worker)
    this.#world.onEnd(worker.lastReport?.report)
    if (this.#isClosed || worker.isStopping) return
    const { readySinceMonotonicMs = Number.POSITIVE_INFINITY } = worker
    const isMature = this.#world.clock.monotonicMs() - readySinceMonotonicMs >= workerMatureMs
    this.#endedYoung = isMature ? 0 : this.#endedYoung + 1
    if (this.#hasOpened) this.#world.onLoss(worker, this.#endedYoung)
    this.#refill()
  }

  #refill(): void {
    const isOpen = this.#hasOpened && !this.#isClosed && !this.#isReplacing
    if (!isOpen || this.#workers.size > 0 || this.#pause !== undefined) return
    const pauseMs = Math.min(workerPauseMsMax, workerPauseMsMin * 2 ** this.#endedYoung)
    this.#pause = this.#world.clock.schedule(pauseMs, () => this.#start(), {
      keepsProcessAlive: true,
    })
  }
}
