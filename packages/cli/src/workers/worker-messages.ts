/** What the supervisor and its workers say to each other. Both are this program, so that nothing here is checked. */
import type { ClientDiscipline, ServerReport } from '@mintmark/authorization-server'
import type { FailureDescription } from '../failure.ts'

/** What a worker is for: answering clients, or answering operators for all of them. */
export type WorkerRole = 'serving' | 'administration'

/** What a worker has to know before it starts. */
export interface WorkerAssignment {
  readonly role: WorkerRole
  /** From 1 up, the same for the worker that takes its place. */
  readonly number: number
  /** How many serve: each has its share of the limits that are kept in memory. */
  readonly workerCount: number
  /** To listen on; never 0, as all of them share it. */
  readonly port: number
  /** What the first worker took for the issuer; the first one finds out itself. */
  readonly issuer?: string
}

/** What the workers that serve have done, and whether any of them takes requests. */
export interface NodeReport {
  readonly running: readonly ServerReport[]
  /** Of those that are gone, by what each told last. */
  readonly ended: readonly ServerReport[]
  readonly isServing: boolean
  /** How the clients keep their tokens, as each worker that runs saw it. */
  readonly disciplines: readonly (readonly ClientDiscipline[])[]
}

/** What one worker tells of itself. */
export interface WorkerReport {
  readonly report: ServerReport
  readonly discipline: readonly ClientDiscipline[]
}

/** A question for reports. */
export interface Inquiry {
  /** For the answer. */
  readonly id: number
  /** How many clients it should name, the worst first; 0 when nobody wants to know. */
  readonly clients: number
}

/** From the supervisor to a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly assignment: WorkerAssignment }
  | { readonly type: 'stop'; readonly drainDelayMs: number }
  | ({ readonly type: 'report_wanted' } & Inquiry)
  | { readonly type: 'node_report'; readonly id: number; readonly node: NodeReport }

/** What a worker tells when it takes requests. */
export interface WorkerReady {
  readonly origin: string
  readonly issuer: string
  readonly tokenEndpoint: string
  /** The first administrator of the storage, in the moment in which it was made. */
  readonly administrator?: { readonly clientId: string; readonly clientSecret: string } | undefined
}

/** From a worker to the supervisor. */
export type FromWorker =
  /** It listens to its supervisor; what it was sent before is lost. */
  | { readonly type: 'started' }
  | ({ readonly type: 'ready' } & WorkerReady)
  /** It could not start. */
  | ({ readonly type: 'failed' } & FailureDescription)
  | ({ readonly type: 'report'; readonly id: number } & WorkerReport)
  | ({ readonly type: 'node_report_wanted' } & Inquiry)
