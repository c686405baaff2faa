/** What a worker hears from its supervisor, as promises. */
import { outcome } from './outcome.ts'
import type { NodeReport, ToWorker, WorkerAssignment, WorkerReport } from './worker-messages.ts'
import type { SupervisorChannel } from './worker-processes.ts'

/** The orders of a supervisor. */
export interface SupervisorOrders {
  /** What to be. */
  readonly assignment: Promise<WorkerAssignment>
  /** Resolves when the worker is to stop, with how long to drain before, in milliseconds. */
  readonly stop: Promise<number>
  /** From now on the supervisor gets `report` whenever it asks. */
  answerReports(report: (clients: number) => WorkerReport): void
  /** Asks what the workers that serve have done, and how their worst `clients` keep their tokens. */
  nodeReport(clients: number): Promise<NodeReport>
}

/** Listens to the supervisor, who waits for nothing: what it asks before there is an answer is not answered. */
export function supervisorOrders(supervisor: SupervisorChannel): SupervisorOrders {
  const assignment = outcome<WorkerAssignment>()
  const stop = outcome<number>()
  const waiting = new Map<number, (node: NodeReport) => void>()
  let lastId = 0
  let report: ((clients: number) => WorkerReport) | undefined
  supervisor.onMessage((message: ToWorker) => {
    switch (message.type) {
      case 'start':
        assignment.resolve(message.assignment)
        break
      case 'stop':
        stop.resolve(message.drainDelayMs)
        break
      case 'report_wanted':
        if (report === undefined) return
        supervisor.send({ type: 'report', id: message.id, ...report(message.clients) })
        break
      case 'node_report':
        waiting.get(message.id)?.(message.node)
        waiting.delete(message.id)
    }
  })
  supervisor.send({ type: 'started' })
  return {
    assignment: assignment.promise,
    stop: stop.promise,
    answerReports(answer) {
      report = answer
    },
    nodeReport(clients) {
      const id = ++lastId
      supervisor.send({ type: 'node_report_wanted', id, clients })
      return new Promise((resolve) => waiting.set(id, resolve))
    },
  }
}
