/**
 * The processes of one node as a port: how the supervisor starts workers, and how a worker hears from it.
 *
 * `node:cluster` with connections dealt out by the supervisor in turn. The alternative, sockets of their own with
 * SO_REUSEPORT, has the system deal them out by chance, and loses those that wait to be accepted when a worker stops.
 */
import cluster, { type Worker } from 'node:cluster'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** A worker as its supervisor sees it. */
export interface WorkerProcess {
  /** What is said to one that has ended is dropped. */
  send(message: ToWorker): void
  onMessage(listener: (message: FromWorker) => void): void
  /** Calls `listener` once, when the process has ended. */
  onEnd(listener: () => void): void
  /** Ends it at once. */
  kill(): void
}

/** The supervisor as a worker sees it. Without it a worker ends. */
export interface SupervisorChannel {
  send(message: FromWorker): void
  onMessage(listener: (message: ToWorker) => void): void
}

/** The processes of a node. */
export interface WorkerProcesses {
  /** Defined in a process that a supervisor started. */
  readonly supervisor: SupervisorChannel | undefined
  /** Starts this program once more, with the same command line. */
  start(): WorkerProcess
}

/** The real ones. */
export function clusterProcesses(): WorkerProcesses {
  const { worker } = cluster
  return {
    supervisor: worker === undefined ? undefined : channelOf(worker),
    start() {
      cluster.schedulingPolicy = cluster.SCHED_RR
      return workerProcess(cluster.fork())
    },
  }
}

function workerProcess(worker: Worker): WorkerProcess {
  // It may have ended between two looks.
  worker.on('error', () => undefined)
  return {
    send: (message) => void (worker.isConnected() && worker.send(message)),
    onMessage: (listener) => void worker.on('message', listener),
    onEnd: (listener) => void worker.once('exit', listener),
    kill: () => void worker.process.kill('SIGKILL'),
  }
}

function channelOf(worker: Worker): SupervisorChannel {
  worker.on('error', () => undefined)
  return {
    send: (message) => void (worker.isConnected() && worker.send(message)),
    onMessage: (listener) => void worker.on('message', listener),
  }
}
