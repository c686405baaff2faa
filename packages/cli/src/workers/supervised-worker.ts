/**
 * One worker process, from its start to its end.
 *
 * Invariants
 *  (1) `ready` settles: with what the worker told, or with the failure that it told or that its silence is.
 *  (2) A worker that is stopped ends: by itself in the time that stopping takes, or killed.
 */
import type { Clock } from '@mintmark/runtime'
import { CommandFailure, failure } from '../command-failure.ts'
import { workerReportMsMax, workerStartMsMax, workerStopMsMax } from '../limits.ts'
import { outcome } from './outcome.ts'
import type {
  FromWorker,
  NodeReport,
  WorkerAssignment,
  WorkerReady,
  WorkerReport,
} from './worker-messages.ts'
import type { WorkerProcess } from './worker-processes.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly process: WorkerProcess
  readonly assignment: WorkerAssignment
  readonly clock: Clock
  /** Answers a worker that wants to know what all of them do. */
  readonly nodeReport: (clients: number) => Promise<NodeReport>
}

/** A worker under supervision. */
export class SupervisedWorker {
  /** Resolves when it takes requests; rejects with `CommandFailure` when it cannot. */
  readonly ready: Promise<WorkerReady>
  /** Resolves when its process is gone. */
  readonly ended: Promise<void>
  /** When it became ready; `undefined` before. */
  readySinceMonotonicMs: number | undefined
  /** Why it could not start, if it told. */
  failed: CommandFailure | undefined
  /** What it told of itself last. */
  lastReport: WorkerReport | undefined
  #hasStarted = false
  #isStopping = false
  #lastReportId = 0
  readonly #waitingForReports = new Map<number, () => void>()
  readonly #start: WorkerStart
  readonly #outcome = outcome<WorkerReady>()

  constructor(start: WorkerStart) {
    this.#start = start
    const { process, clock } = start
    const tooLate = clock.schedule(workerStartMsMax, () => {
      this.#outcome.reject(failure('worker_too_slow', 'a worker process did not get ready in time'))
      process.kill()
    })
    this.ready = this.#outcome.promise.finally(() => tooLate.cancel())
    // Whoever waits for it hears of a failure; nobody has to.
    this.ready.catch(() => undefined)
    this.ended = new Promise((resolve) => {
      process.onEnd(() => {
        this.#outcome.reject(failure('worker_ended', 'a worker process ended while it started'))
        for (const done of this.#waitingForReports.values()) done()
        resolve()
      })
    })
    process.onMessage((message) => this.#hear(message))
  }

  /** Whether it takes requests. */
  get isServing(): boolean {
    return this.readySinceMonotonicMs !== undefined && !this.#isStopping
  }

  /** Whether its end is wanted. */
  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Asks it to stop, waits until it has, and kills it when it takes too long. */
  async stop(drainDelayMs: number): Promise<void> {
    const { process, clock } = this.#start
    if (!this.#hasStarted) process.kill()
    else if (!this.#isStopping) process.send({ type: 'stop', drainDelayMs })
    this.#isStopping = true
    const cut = clock.schedule(drainDelayMs + workerStopMsMax, () => process.kill())
    await this.ended
    cut.cancel()
  }

  /** Its report now, or its last one if it does not answer in time. */
  async report(clients: number): Promise<WorkerReport | undefined> {
    const { process, clock } = this.#start
    const id = ++this.#lastReportId
    const { promise, resolve } = outcome<void>()
    this.#waitingForReports.set(id, resolve)
    const late = clock.schedule(workerReportMsMax, resolve)
    process.send({ type: 'report_wanted', id, clients })
    await promise
    late.cancel()
    this.#waitingForReports.delete(id)
    return this.lastReport
  }

  #hear(message: FromWorker): void {
    const { process, assignment, clock, nodeReport } = this.#start
    switch (message.type) {
      case 'started':
        this.#hasStarted = true
        process.send({ type: 'start', assignment })
        break
      case 'ready':
        this.readySinceMonotonicMs = clock.monotonicMs()
        this.#outcome.resolve(message)
        break
      case 'failed':
        this.failed = new CommandFailure(message.code, message.message, message.exitCode)
        this.#outcome.reject(this.failed)
        break
      case 'report':
        this.lastReport = { report: message.report, discipline: message.discipline }
        this.#waitingForReports.get(message.id)?.()
        break
      case 'node_report_wanted':
        void nodeReport(message.clients).then((node) => {
          process.send({ type: 'node_report', id: message.id, node })
        })
    }
  }
}
