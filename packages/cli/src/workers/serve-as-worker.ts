/** `mintmark serve` in a process that a supervisor started: one server of several, or the administration of all. */
import type { BootstrapCredential } from '@mintmark/admin-api'
import type {
  AuthorizationServer,
  ClientDiscipline,
  ServerReport,
} from '@mintmark/authorization-server'
import type { Invocation } from '../command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { describeFailure } from '../failure.ts'
import { type adminPortSettings, startAdmin } from '../serve-admin.ts'
import { logOf, type ServerInvocation, serverMaker, startServer } from '../serve-server.ts'
import { type SupervisorOrders, supervisorOrders } from './supervisor-orders.ts'
import type { WorkerAssignment, WorkerReady, WorkerReport } from './worker-messages.ts'
import type { SupervisorChannel } from './worker-processes.ts'

/** What a worker reads of the settings. */
type WorkerInvocation = ServerInvocation & Invocation<(typeof adminPortSettings)[number]>

/** A worker that takes requests. */
interface RunningWorker extends WorkerReady {
  report(clients: number): WorkerReport
  close(drainDelayMs: number): Promise<void>
}

/**
 * Does what the supervisor says, until it says stop. Signals mean nothing here: those of a terminal reach every process
 * of its group, and the supervisor knows what to do about them.
 */
export async function serveAsWorker(
  invocation: WorkerInvocation,
  supervisor: SupervisorChannel,
): Promise<ExitCode> {
  const { edge } = invocation
  edge.onStopSignal(() => undefined)
  edge.onRestartSignal(() => undefined)
  const orders = supervisorOrders(supervisor)
  try {
    const assignment = await orders.assignment
    const start = assignment.role === 'serving' ? startServing : startAdministration
    const worker = await start(invocation, assignment, orders)
    orders.answerReports(worker.report)
    const { origin, issuer, tokenEndpoint, administrator } = worker
    supervisor.send({ type: 'ready', origin, issuer, tokenEndpoint, administrator })
    const drainDelayMs = await orders.stop
    await worker.close(drainDelayMs)
    supervisor.send({ type: 'report', id: 0, ...worker.report(0) })
  } catch (error) {
    supervisor.send({ type: 'failed', ...describeFailure(error) })
    return exitCode.failure
  }
  return exitCode.done
}

async function startServing(
  invocation: WorkerInvocation,
  assignment: WorkerAssignment,
): Promise<RunningWorker> {
  const { origin, server, close } = await startServer(
    invocation,
    await logOf(invocation),
    assignment,
  )
  const { issuer, tokenEndpoint } = server
  return {
    ...{ origin, issuer, tokenEndpoint },
    report: (clients) => workerReport(server, clients),
    close: (drainDelayMs) => close({ drainDelayMs }),
  }
}

/** Reads the same storage as the others, answers no client, and tells of all of them what it tells of itself. */
async function startAdministration(
  invocation: WorkerInvocation,
  { port, workerCount, issuer = '' }: WorkerAssignment,
  orders: SupervisorOrders,
): Promise<RunningWorker> {
  const { joinDisciplines, sumOfReports } = await import('@mintmark/authorization-server')
  const make = await serverMaker(invocation, await logOf(invocation), workerCount)
  const server = await make(issuer)
  let isServing = true
  const report = async (): Promise<ServerReport> => {
    const node = await orders.nodeReport(0)
    isServing = node.isServing
    return sumOfReports([server.report(), ...node.running], node.ended)
  }
  const cacheDiscipline = async (limit: number): Promise<readonly ClientDiscipline[]> =>
    joinDisciplines((await orders.nodeReport(limit)).disciplines, limit)
  const answers = { report, cacheDiscipline, isServing: () => isServing && server.ready() }
  const parts = { server, ...answers }
  const { running, credential } = await startAdmin(invocation, parts, port)
  const { issuer: itself, tokenEndpoint } = server
  return {
    ...{ origin: running.origin, issuer: itself, tokenEndpoint },
    ...(credential !== undefined && { administrator: revealed(credential) }),
    report: (clients) => workerReport(server, clients),
    async close() {
      await running.close()
      await server.close()
    },
  }
}

function workerReport(server: AuthorizationServer, clients: number): WorkerReport {
  return { report: server.report(), discipline: server.cacheDiscipline(clients) }
}

/** For the supervisor, who shows it. */
function revealed({ clientId, clientSecret }: BootstrapCredential): WorkerReady['administrator'] {
  return { clientId, clientSecret: clientSecret.reveal() }
}
