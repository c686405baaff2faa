/** How much load the generator can make: it must outrun every server that is measured with it. */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { MEASURED_CORE } from './harness/pinning.ts'
import { inTurns, type Metrics } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { startServer } from './harness/server-process.ts'
import { effortOf } from './load/effort.ts'
import { runLoad } from './load/run-load.ts'
import { benchClients, tokenRequest } from './load/token-workload.ts'

const SERVER = 'bare node:http'
const CONNECTIONS = 64

async function measure(asked: BenchArguments): Promise<Metrics> {
  const requests = benchClients(1).map((client) => tokenRequest(client, '/'))
  const server = await startServer({ program: 'servers/trivial-server', plan: {} }, () =>
    requests.join(''),
  )
  try {
    const { answers, elapsedMs, p50Ms, p99Ms } = await runLoad({
      ...effortOf(asked),
      port: server.ready.port,
      requests,
      connections: CONNECTIONS,
      expectedStatus: 200,
      serverPid: server.pid,
      serverCore: MEASURED_CORE,
    })
    return { 'answers/s': (answers / elapsedMs) * 1_000, 'p50 ms': p50Ms, 'p99 ms': p99Ms }
  } finally {
    await server.stop()
  }
}

await runBench({
  name: 'load-generator',
  question:
    'How many requests per second can the load generator send to a server that does nothing?',
  packages: [],
  sections: (asked) => [
    {
      title: `${CONNECTIONS} connections`,
      round: inTurns([{ name: SERVER, measure: () => measure(asked) }]),
      pairs: [],
      goals: [{ metric: 'answers/s', candidate: SERVER, atLeast: 40_000 }],
    },
  ],
})
