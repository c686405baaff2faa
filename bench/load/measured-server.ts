/** One measurement of a server: a fresh process, its start, its memory, one load, and a look at the answers. */
import type { BenchArguments } from '../harness/bench-arguments.ts'
import { MEASURED_CORE } from '../harness/pinning.ts'
import type { Metrics } from '../harness/rounds.ts'
import {
  idleMemoryMb,
  type ServerProcess,
  type ServerProgram,
  startServer,
} from '../harness/server-process.ts'
import { TAKEN_BY_OTHERS, undisturbed } from '../harness/undisturbed.ts'
import type { ServerReady } from '../servers/server-ready.ts'
import { effortOf } from './effort.ts'
import type { LoadResult } from './load-plan.ts'
import { runLoad } from './run-load.ts'
import { runWrk } from './run-wrk.ts'

/** A kind of request that servers are measured with. */
export interface Workload {
  readonly connections: number
  /** Requests each second; `undefined` for as many as are answered. */
  readonly perSecond?: number | undefined
  readonly expectedStatus: number
  /** Turns requests away with this status, and gives up those that find no idle connection. */
  readonly turnedAwayStatus?: number | undefined
  /** The requests of the load, as bytes. What they need of the server first is asked before measuring. */
  requests(ready: ServerReady): readonly string[] | Promise<readonly string[]>
  /** A request that every server answers with 200, for the time to the first answer. */
  firstRequest(ready: ServerReady): string
  /** Rejects when sampled bodies are not what was asked for. */
  check(bodies: readonly string[], ready: ServerReady): Promise<void>
}

/** Measures one server, in a process of its own, undisturbed if possible. Rejects when any answer is wrong. */
export function measureServer(
  program: ServerProgram,
  workload: Workload,
  asked: BenchArguments,
): Promise<Metrics> {
  const measure = () => measureOnce(program, workload, asked)
  return asked.isSmoke ? measure() : undisturbed(measure)
}

async function measureOnce(
  program: ServerProgram,
  workload: Workload,
  asked: BenchArguments,
): Promise<Metrics> {
  const server = await startServer(program, workload.firstRequest)
  try {
    const idleMb = asked.isSmoke ? undefined : await idleMemoryMb(server)
    const result = await drive(server, workload, asked)
    await workload.check(result.samples, server.ready)
    return { ...loadMetrics(result), ...serverMetrics(server.startMs, idleMb, result.server) }
  } finally {
    await server.stop()
  }
}

async function drive(
  { ready, pid }: ServerProcess,
  workload: Workload,
  asked: BenchArguments,
): Promise<LoadResult> {
  const run = asked.useWrk ? runWrk : runLoad
  return await run({
    ...effortOf(asked),
    port: ready.port,
    requests: await workload.requests(ready),
    connections: workload.connections,
    perSecond: workload.perSecond,
    turnedAwayStatus: workload.turnedAwayStatus,
    givesUp: workload.turnedAwayStatus !== undefined,
    expectedStatus: workload.expectedStatus,
    serverPid: pid,
    serverCore: MEASURED_CORE,
  })
}

function loadMetrics({ answers, turnedAway, elapsedMs, p50Ms, p99Ms }: LoadResult): Metrics {
  const perSecond = (count: number): number => (count / elapsedMs) * 1_000
  return {
    'answers/s': perSecond(answers),
    ...(turnedAway > 0 && { 'turned away/s': perSecond(turnedAway) }),
    ...{ 'p50 ms': p50Ms, 'p99 ms': p99Ms },
  }
}

function serverMetrics(
  startMs: number,
  idleMb: number | undefined,
  server: LoadResult['server'],
): Metrics {
  return {
    'start ms': startMs,
    ...(idleMb !== undefined && { 'idle MB': idleMb }),
    ...(server !== undefined && {
      'loaded MB': server.residentMb,
      'answers/core-s': 1_000_000 / server.processorMicrosecondsPerAnswer,
      [TAKEN_BY_OTHERS]: server.foreignShare * 100,
    }),
  }
}
