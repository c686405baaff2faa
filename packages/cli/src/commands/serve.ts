/** `mintmark serve`: an authorization server on a port, until a signal ends it. */
import type { RunningServer } from '@mintmark/authorization-server'
import { defineCommand, type Invocation } from '../command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { adminPortSettings, type StartedAdmin, startAdmin } from '../serve-admin.ts'
import { announce } from '../serve-announcement.ts'
import { logOf, serverSettings, startServer } from '../serve-server.ts'
import { awaitStop } from '../stop-signals.ts'
import { serveAsWorker } from '../workers/serve-as-worker.ts'
import { superviseWorkers } from '../workers/supervise-workers.ts'
import type { NodeReady } from '../workers/supervisor.ts'

const names = [
  ...(['port', 'workers', 'drainSeconds'] as const),
  ...adminPortSettings,
  ...serverSettings,
] as const
type ServeInvocation = Invocation<(typeof names)[number]>

/**
 * Serves until a stop signal, then finishes what is under way: in this process, or with `--workers`
 * in several under this one.
 */
export const serveCommand = defineCommand({
  path: ['serve'],
  summary: 'run an authorization server',
  settings: names,
  examples: [
    'mintmark serve',
    'mintmark serve --issuer https://auth.example --host 0.0.0.0 --admin-port 9090',
    'mintmark serve --database postgres://mintmark@db.example/mintmark --data /var/lib/mintmark',
    'mintmark serve --issuer https://auth.example --workers auto --drain-seconds 10',
    'mintmark serve --dialect credicorp --port 0 --json',
  ],
  async run(invocation) {
    const { supervisor } = await invocation.edge.processes()
    if (supervisor !== undefined) return await serveAsWorker(invocation, supervisor)
    const workers = invocation.settings.value('workers')
    if (workers !== undefined) return await superviseWorkers(invocation, workers)
    return await serveAlone(invocation)
  },
})

async function serveAlone(invocation: ServeInvocation): Promise<ExitCode> {
  const { settings, edge, output } = invocation
  const log = await logOf(invocation)
  const running = await startServer(invocation, log, { port: settings.value('port') })
  const stop = awaitStop(edge)
  let admin: StartedAdmin | undefined
  try {
    const isServing = (): boolean => !stop.isRequested() && running.ready()
    const port = settings.value('adminPort')
    const { server } = running
    if (port !== undefined) admin = await startAdmin(invocation, { server, isServing }, port)
    await announce(invocation, readyLine(running, admin), log)
    await stop.request
    output.notice('stopping: finishing the requests under way')
    log?.lifecycle('stopping')
  } finally {
    await running.close({ drainDelayMs: settings.value('drainSeconds') * 1000 })
    // Last, so that a load balancer that asks meanwhile hears "not ready" instead of nothing.
    await admin?.running.close()
    stop.end()
  }
  log?.lifecycle('stopped')
  return exitCode.done
}

function readyLine({ origin, server }: RunningServer, admin: StartedAdmin | undefined): NodeReady {
  const { issuer, tokenEndpoint } = server
  const [adminOrigin, administrator] = [admin?.running.origin, admin?.credential]
  return { origin, issuer, tokenEndpoint, adminOrigin, administrator }
}
