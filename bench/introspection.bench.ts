/** How fast tokens are introspected over HTTP on one core, at first sight and afterwards. */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { DRIVING_CORE, MEASURED_CORE } from './harness/pinning.ts'
import { type Candidate, inTurns } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { measureServer, type Workload } from './load/measured-server.ts'
import { runLoad } from './load/run-load.ts'
import { benchClients, postRequest, tokenRequest } from './load/token-workload.ts'
import { createDataFolder } from './servers/data-folder.ts'
import type { ServerReady } from './servers/server-ready.ts'

const CONNECTIONS = 64
/** More than can be introspected for the first time while that is measured. */
const NEW_TOKENS = 60_000
const NEW_TOKENS_IN_SMOKE = 100
const SEEN_TOKENS = 1_000
const SEEN_TOKENS_IN_SMOKE = 10

/** Asks a server for tokens, as many as it gives until there are enough. */
async function tokensOf(ready: ServerReady, count: number): Promise<readonly string[]> {
  const { samples } = await runLoad({
    port: ready.port,
    requests: benchClients(1).map((client) => tokenRequest(client, ready.tokenPath)),
    connections: CONNECTIONS,
    ...{ warmMs: 0, measuredMs: 60_000, answersMax: count },
    ...{ sampleEvery: 1, samplesMax: count, expectedStatus: 200 },
    ...{ serverPid: process.pid, serverCore: DRIVING_CORE },
  })
  return samples.map((body) => (JSON.parse(body) as { access_token: string }).access_token)
}

function introspecting(count: number): Workload {
  const [client] = benchClients(1)
  if (client === undefined) throw new Error('there is one client')
  const type = 'application/x-www-form-urlencoded'
  return {
    connections: CONNECTIONS,
    expectedStatus: 200,
    requests: async (ready) =>
      (await tokensOf(ready, count)).map((token) =>
        postRequest('/oauth/introspect', client, type, `token=${token}`),
      ),
    firstRequest: ({ tokenPath }) => tokenRequest(client, tokenPath),
    async check(bodies) {
      const isActive = (body: string) => (JSON.parse(body) as { active: boolean }).active
      if (!bodies.every(isActive)) throw new Error('a good token was not active')
    },
  }
}

function candidate(name: string, count: number, asked: BenchArguments): Candidate {
  return {
    name,
    async measure() {
      const folder = await createDataFolder(1)
      try {
        const program = { program: 'servers/mintmark-server', plan: { folder: folder.path } }
        return await measureServer(program, introspecting(count), asked)
      } finally {
        await folder.remove()
      }
    },
  }
}

await runBench({
  name: 'introspection',
  question: 'How many tokens does one core introspect?',
  packages: ['@mintmark/authorization-server'],
  sections: (asked) => [
    {
      title: `JWTs, ${CONNECTIONS} connections, core ${MEASURED_CORE}`,
      round: inTurns([
        candidate('seen before', asked.isSmoke ? SEEN_TOKENS_IN_SMOKE : SEEN_TOKENS, asked),
        candidate('new', asked.isSmoke ? NEW_TOKENS_IN_SMOKE : NEW_TOKENS, asked),
      ]),
      pairs: [],
      goals: [
        { metric: 'answers/core-s', candidate: 'seen before', atLeast: 20_000 },
        { metric: 'answers/core-s', candidate: 'new', atLeast: 8_500 },
      ],
    },
  ],
})
