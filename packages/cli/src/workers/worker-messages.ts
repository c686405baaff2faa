/** What the supervisor and its workers say to each other. Both are this program, so that nothing here is checked. */
import type { ServerReport } from '@mintmark/authorization-server'
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
}

/** From the supervisor to a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly assignment: WorkerAssignment }
  | { readonly type: 'stop'; readonly drainDelayMs: number }
  | { readonly type: 'report_wanted'; readonly id: number }
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
  | { readonly type: 'report'; readonly id: number; readonly report: ServerReport }
  | { readonly type: 'node_report_wanted'; readonly id: number }
