/**
 * What a second worker adds, where there are two cores.
 *
 * The load has no core of its own then, and takes from the workers what it needs. RS256 signatures cost thirty times
 * what asking for one does, so that this is little; with ES256 it would be a third.
 */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { startMintmark } from './harness/node-process.ts'
import { type Candidate, inTurns } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { effortOf } from './load/effort.ts'
import { runLoad } from './load/run-load.ts'
import { checkTokenAnswers } from './load/token-answers.ts'
import { benchClients, tokenRequest } from './load/token-workload.ts'
import { createDataFolder } from './servers/data-folder.ts'

const ALGORITHM = 'RS256'
const CONNECTIONS = 64

/** The line with which `mintmark serve --json` says that it is ready. */
interface ServeReady {
  readonly origin: string
  readonly issuer: string
  readonly token_endpoint: string
}

function serving(workers: number, asked: BenchArguments): Candidate {
  return {
    name: workers === 1 ? '1 worker' : `${workers} workers`,
    async measure() {
      const folder = await createDataFolder(1, ALGORITHM)
      const where = ['--data', folder.path, '--port', '0']
      const how = ['--workers', String(workers), '--json', '--log-level', 'error']
      const server = startMintmark(['serve', ...where, ...how])
      try {
        const ready = (await server.next()) as ServeReady
        const tokenPath = new URL(ready.token_endpoint).pathname
        const port = Number(new URL(ready.origin).port)
        const { answers, elapsedMs, p99Ms, samples } = await runLoad({
          ...effortOf(asked),
          port,
          requests: benchClients(1).map((client) => tokenRequest(client, tokenPath)),
          connections: CONNECTIONS,
          sleeps: true,
          expectedStatus: 200,
          serverPid: server.pid,
          serverCore: 0,
        })
        const { issuer } = ready
        await checkTokenAnswers(samples, { port, issuer, tokenPath, jwksPath: '/oauth/jwks' })
        return { 'answers/s': (answers / elapsedMs) * 1_000, 'p99 ms': p99Ms }
      } finally {
        await server.stop()
        await folder.remove()
      }
    },
  }
}

await runBench({
  name: 'workers',
  question: 'How many more tokens do two workers issue than one, on two cores?',
  packages: ['@mintmark/authorization-server'],
  sections: (asked) => {
    const rate = { metric: 'answers/s', candidate: '2 workers', base: '1 worker' }
    return [
      {
        title: `${ALGORITHM}, ${CONNECTIONS} connections`,
        round: inTurns([serving(1, asked), serving(2, asked)]),
        pairs: [rate],
        goals: [{ ...rate, atLeast: 1.7 }],
      },
    ]
  },
})
