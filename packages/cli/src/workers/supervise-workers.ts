/** `mintmark serve --workers`: the process that keeps the others going. */
import { createServer } from 'node:http'
import type { Invocation } from '../command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { workerDrainMsMin } from '../limits.ts'
import { announce } from '../serve-announcement.ts'
import { logOf, type ServerInvocation } from '../serve-server.ts'
import { awaitStop } from '../stop-signals.ts'
import { Supervisor } from './supervisor.ts'

/** What the supervisor reads of the settings; the workers read all of them, anew at each start. */
type SupervisedInvocation = ServerInvocation & Invocation<'port' | 'adminPort' | 'drainSeconds'>

/**
 * Starts the workers, tells so once they are ready, replaces them at SIGHUP and stops them at a stop signal.
 *
 * @throws CommandFailure of the first worker that cannot start, or `workers_keep_ending`.
 */
export async function superviseWorkers(
  invocation: SupervisedInvocation,
  workers: number | 'auto',
): Promise<ExitCode> {
  const { settings, edge, output } = invocation
  const { sumOfReports } = await import('@mintmark/authorization-server')
  const workerCount = workers === 'auto' ? edge.processors : workers
  const adminPort = settings.value('adminPort')
  const host = settings.value('host')
  const plan = {
    workerCount,
    port: await sharedPort(host, settings.value('port')),
    adminPort: adminPort === undefined ? undefined : await sharedPort(host, adminPort),
  }
  const log = await logOf(invocation)
  const { clock } = edge
  const notice = (line: string): void => output.notice(line)
  const processes = await edge.processes()
  const supervisor = new Supervisor(plan, { processes, clock, notice, sumOfReports })
  const drainMs = settings.value('drainSeconds') * 1000
  const stop = awaitStop(edge)
  const endRestarts = edge.onRestartSignal(() => {
    void supervisor.restart(Math.max(drainMs, workerDrainMsMin))
  })
  try {
    const ready = await Promise.race([supervisor.start(), stop.request])
    if (ready !== undefined) await announce(invocation, ready, log)
    await Promise.race([stop.request, supervisor.givenUp])
    output.notice('stopping: finishing the requests under way')
    log?.lifecycle('stopping')
  } finally {
    await supervisor.stop(drainMs)
    endRestarts()
    stop.end()
  }
  log?.lifecycle('stopped')
  return exitCode.done
}

/**
 * The port itself, or for 0 one that nobody listens on now: workers that ask for any free one would each get another
 * one after a restart. It is let go of before they take it, so that somebody else can be faster.
 */
async function sharedPort(host: string, port: number): Promise<number> {
  if (port !== 0) return port
  const { bindServer } = await import('@mintmark/authorization-server')
  const http = createServer()
  const origin = await bindServer(http, { host, port })
  await new Promise<void>((resolve) => http.close(() => resolve()))
  return Number(new URL(origin).port)
}
