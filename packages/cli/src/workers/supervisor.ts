/**
 * The processes of one node: so many workers that answer clients and, when asked for, one that answers operators. The
 * supervisor itself opens no storage and answers nobody, so that little can go wrong with it.
 *
 * Invariants
 *  (1) It is ready when all of them are; one that cannot start then ends it with that worker's own failure.
 *  (2) Later, a worker that ends is replaced after a pause. The node gives up only when none of those that serve is
 *      left and `workerYoungEndsMax` in a row ended young: one that still serves is worth more than an exit code.
 *  (3) A rolling restart replaces one worker after the other and stops at the first that does not get ready.
 *  (4) What workers counted is not lost with them: it is added up, by what each told last.
 */
import type { BootstrapCredential } from '@mintmark/admin-api'
import type { ServerReport, sumOfReports } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import type { Clock } from '@mintmark/runtime'
import { type CommandFailure, failure } from '../command-failure.ts'
import { workerYoungEndsMax } from '../limits.ts'
import { outcome } from './outcome.ts'
import { SupervisedWorker } from './supervised-worker.ts'
import type { NodeReport, WorkerAssignment, WorkerReady } from './worker-messages.ts'
import { WorkerPlace } from './worker-place.ts'
import type { WorkerProcesses } from './worker-processes.ts'

/** What a node is made of. */
export interface NodePlan {
  /** How many workers serve, from 1. */
  readonly workerCount: number
  /** Where they listen; not 0. */
  readonly port: number
  /** Where the administration listens, if there is to be one; not 0. */
  readonly adminPort: number | undefined
}

/** What the supervisor works with. */
export interface SupervisorWorld {
  readonly processes: WorkerProcesses
  readonly clock: Clock
  /** Tells the operator what happens. */
  readonly notice: (line: string) => void
  readonly sumOfReports: typeof sumOfReports
}

/** What the node tells when it is ready. */
export interface NodeReady extends Pick<WorkerReady, 'origin' | 'issuer' | 'tokenEndpoint'> {
  readonly adminOrigin: string | undefined
  /** The first administrator of the storage, if it was made now. */
  readonly administrator: BootstrapCredential | undefined
}

/** The supervisor of one node. */
export class Supervisor {
  /** Rejects when the node gives up. */
  readonly givenUp: Promise<never>
  readonly #plan: NodePlan
  readonly #world: SupervisorWorld
  readonly #serving: readonly WorkerPlace[]
  readonly #administration: WorkerPlace | undefined
  readonly #defeat = outcome<never>()
  #ended: ServerReport | undefined
  #isStopping = false
  #issuer: string | undefined
  #restarted: Promise<void> = Promise.resolve()
  #nextRestart: Promise<void> | undefined

  constructor(plan: NodePlan, world: SupervisorWorld) {
    this.#plan = plan
    this.#world = world
    const numbers = Array.from({ length: plan.workerCount }, (_, at) => at + 1)
    this.#serving = numbers.map((number) => this.#place('serving', number, plan.port))
    const { adminPort } = plan
    if (adminPort !== undefined) this.#administration = this.#place('administration', 1, adminPort)
    this.givenUp = this.#defeat.promise
    this.givenUp.catch(() => undefined)
  }

  /** Starts everything. Rejects with the failure of the first worker that cannot start; nothing runs then. */
  async start(): Promise<NodeReady> {
    try {
      const [first, ...others] = this.#serving as [WorkerPlace, ...WorkerPlace[]]
      // The first one alone: of a new storage it makes the keys and tables that the others find.
      const ready = await first.open()
      this.#issuer = ready.issuer
      const [admin] = await Promise.all([
        this.#administration?.open(),
        ...others.map((place) => place.open()),
      ])
      const { origin, issuer, tokenEndpoint } = ready
      const administrator = credentialOf(admin)
      return { origin, issuer, tokenEndpoint, adminOrigin: admin?.origin, administrator }
    } catch (error) {
      await this.stop(0)
      throw error
    }
  }

  /** Replaces every worker, one after the other; asked while it does so, once more after that. Never rejects. */
  restart(drainDelayMs: number): Promise<void> {
    this.#nextRestart ??= this.#restarted.then(() => {
      this.#nextRestart = undefined
      return this.#replaceAll(drainDelayMs)
    })
    this.#restarted = this.#nextRestart
    return this.#restarted
  }

  /** Stops all workers, the one that answers operators last. */
  async stop(drainDelayMs: number): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#serving.map((place) => place.close(drainDelayMs)))
    await this.#administration?.close(0)
  }

  /** What the workers that serve have done so far, and how their worst `clients` keep their tokens. */
  async report(clients: number): Promise<NodeReport> {
    const serving = this.#serving.flatMap((place) => place.serving ?? [])
    const answers = await Promise.all(serving.map((worker) => worker.report(clients)))
    const reports = answers.filter((answer) => answer !== undefined)
    return {
      running: reports.map(({ report }) => report),
      disciplines: reports.map(({ discipline }) => discipline),
      ended: this.#ended === undefined ? [] : [this.#ended],
      isServing: !this.#isStopping && serving.length > 0,
    }
  }

  #place(role: WorkerAssignment['role'], number: number, port: number): WorkerPlace {
    const { clock, processes } = this.#world
    const { workerCount } = this.#plan
    const assignment = (): WorkerAssignment => {
      const issuer = this.#issuer
      return { role, number, workerCount, port, ...(issuer !== undefined && { issuer }) }
    }
    const nodeReport = (clients: number): Promise<NodeReport> => this.report(clients)
    const name = role === 'serving' ? `worker ${number}` : 'the worker for the admin port'
    return new WorkerPlace({
      clock,
      start: () => {
        const process = processes.start()
        return new SupervisedWorker({ process, assignment: assignment(), clock, nodeReport })
      },
      onLoss: (worker, endedYoung) => this.#lost(name, worker, endedYoung),
      onEnd: (report) => role === 'serving' && this.#keep(report),
    })
  }

  #keep(report: ServerReport | undefined): void {
    if (report === undefined) return
    const before = this.#ended
    this.#ended = before === undefined ? report : this.#world.sumOfReports([before, report])
  }

  #lost(name: string, { failed }: SupervisedWorker, endedYoung: number): void {
    const reason = failed === undefined ? 'has ended' : `cannot start: ${failed.message}`
    this.#world.notice(`${name} ${reason}; it is started again`)
    const isAnyServing = this.#serving.some((place) => place.serving !== undefined)
    if (!isAnyServing && endedYoung >= workerYoungEndsMax) this.#defeat.reject(defeat())
  }

  async #replaceAll(drainDelayMs: number): Promise<void> {
    const { notice } = this.#world
    notice('replacing the workers, one after the other')
    try {
      for (const place of [...this.#serving, this.#administration]) {
        if (!this.#isStopping) await place?.replace(drainDelayMs)
      }
      notice('all workers are new')
    } catch (error) {
      const reason = (error as CommandFailure).message
      notice(`a new worker cannot start, so that the ones before it stay: ${reason}`)
    }
  }
}

function defeat(): CommandFailure {
  return failure(
    'workers_keep_ending',
    'every worker process ends soon after its start; see what they wrote before this line',
  )
}

/** Between processes it is plain text. */
function credentialOf(ready: WorkerReady | undefined): BootstrapCredential | undefined {
  if (ready?.administrator === undefined) return undefined
  const { clientId, clientSecret } = ready.administrator
  return { clientId, clientSecret: redact('client secret', clientSecret) }
}
