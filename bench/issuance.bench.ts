/** How fast access tokens are issued over HTTP, and token requests refused, on one core. */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { processUsage } from './harness/process-usage.ts'
import type { Goal, Pair } from './harness/report.ts'
import { inTurns, type Round } from './harness/rounds.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'
import type { ServerProgram } from './harness/server-process.ts'
import { measureServer, type Workload } from './load/measured-server.ts'
import { checkRefusalAnswers, checkTokenAnswers } from './load/token-answers.ts'
import {
  type BenchClient,
  benchClients,
  tokenRequest,
  withWrongSecrets,
} from './load/token-workload.ts'
import { createDataFolder } from './servers/data-folder.ts'
import type { ServerReady } from './servers/server-ready.ts'

const OURS = 'mintmark'
const LEAN = 'lean node:http'
const PEER = 'oidc-provider'
const CONNECTIONS = 64
const MANY_CLIENTS = 1_000
const MANY_CLIENTS_IN_SMOKE = 20

/** All servers in turns, each with `clients` clients registered. Ours finds them in a data folder. */
function servers(clients: number, workload: Workload, asked: BenchArguments): Round {
  const measure = (program: ServerProgram) => measureServer(program, workload, asked)
  return inTurns([
    { name: OURS, measure: () => measureOurs(clients, measure) },
    { name: LEAN, measure: () => measure({ program: 'servers/lean-server', plan: { clients } }) },
    {
      name: PEER,
      measure: () => measure({ program: 'servers/oidc-provider-server', plan: { clients } }),
    },
  ])
}

async function measureOurs(
  clients: number,
  measure: (program: ServerProgram) => ReturnType<typeof measureServer>,
) {
  const folder = await createDataFolder(clients)
  try {
    const plan = { folder: folder.path }
    return await measure({ program: 'servers/mintmark-server', plan })
  } finally {
    await folder.remove()
  }
}

function issuing(clients: readonly BenchClient[], connections: number): Workload {
  return {
    connections,
    expectedStatus: 200,
    requests: ({ tokenPath }) => clients.map((client) => tokenRequest(client, tokenPath)),
    firstRequest: (ready) => firstTokenRequest(clients, ready),
    check: checkTokenAnswers,
  }
}

function refusing(clients: readonly BenchClient[]): Workload {
  const wrong = withWrongSecrets(clients)
  return {
    connections: CONNECTIONS,
    expectedStatus: 401,
    requests: ({ tokenPath }) => wrong.map((client) => tokenRequest(client, tokenPath)),
    firstRequest: (ready) => firstTokenRequest(clients, ready),
    check: checkRefusalAnswers,
  }
}

function firstTokenRequest(clients: readonly BenchClient[], { tokenPath }: ServerReady): string {
  return tokenRequest(clients[0] as BenchClient, tokenPath)
}

function sections(asked: BenchArguments): readonly BenchSection[] {
  const one = benchClients(1)
  const many = benchClients(asked.isSmoke ? MANY_CLIENTS_IN_SMOKE : MANY_CLIENTS)
  return [
    {
      title: `one client, ${CONNECTIONS} connections`,
      round: servers(1, issuing(one, CONNECTIONS), asked),
      pairs: rates,
      goals: [...issuanceGoals, ...startGoals],
    },
    {
      title: `${many.length} clients with a body each, ${CONNECTIONS} connections`,
      round: servers(many.length, issuing(many, CONNECTIONS), asked),
      pairs: rates,
      goals: issuanceGoals,
    },
    {
      title: 'one client, one connection',
      round: servers(1, issuing(one, 1), asked),
      pairs: [LEAN, PEER].map((base) => ({ metric: 'p50 ms', candidate: OURS, base })),
      goals: [],
    },
    {
      title: `refusals of a wrong secret, ${CONNECTIONS} connections`,
      round: servers(1, refusing(one), asked),
      pairs: rates,
      goals: [],
    },
  ]
}

/** Whether the system tells what a process uses. */
const tellsUsage = processUsage(process.pid) !== undefined

/** By processor time where it is known: what other programs take of the core must not decide. */
const RATE = tellsUsage ? 'answers/core-s' : 'answers/s'

const rates: readonly Pair[] = [LEAN, PEER].map((base) => ({
  metric: RATE,
  candidate: OURS,
  base,
}))

const issuanceGoals: readonly Goal[] = [
  { metric: RATE, candidate: OURS, atLeast: 10_000 },
  { metric: RATE, candidate: OURS, base: PEER, atLeast: 5 },
  { metric: RATE, candidate: OURS, base: LEAN, atLeast: 0.88 },
]

const startGoals: readonly Goal[] = [
  { metric: 'start ms', candidate: OURS, atMost: 1_000 },
  ...(tellsUsage ? [{ metric: 'idle MB', candidate: OURS, atMost: 90 }] : []),
]

await runBench({
  name: 'issuance',
  question: 'How many ES256 access tokens does one core issue over HTTP, and what does that leave?',
  packages: [
    '@mintmark/authorization-server',
    '@mintmark/jwt',
    '@mintmark/protocol',
    'jose',
    'oidc-provider',
  ],
  sections,
})
