/** How fast access tokens are issued over HTTP, and token requests refused, on one core. */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { processUsage } from './harness/process-usage.ts'
import type { Goal, Pair } from './harness/report.ts'
import { type Candidate, inTurns } from './harness/rounds.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'
import { measureServer, type Workload } from './load/measured-server.ts'
import { checkRefusalAnswers, checkTokenAnswers } from './load/token-answers.ts'
import {
  type BenchClient,
  benchClients,
  jsonTokenRequest,
  tokenRequest,
  withWrongSecrets,
} from './load/token-workload.ts'
import { createDataFolder } from './servers/data-folder.ts'
import type { ServerReady } from './servers/server-ready.ts'

type Algorithm = 'ES256' | 'RS256'

const OURS = 'mintmark'
const LEAN = 'lean node:http'
const EACH = 'lean, each by itself'
const PEER = 'oidc-provider'
const HAND = 'fastify + fast-jwt'
const CONNECTIONS = 64
const MANY_CLIENTS = 1_000
const MANY_CLIENTS_IN_SMOKE = 20

/** Servers with `clients` clients registered, all put under the same load. Ours finds them in a data folder. */
function candidates(
  clients: number,
  workload: Workload,
  asked: BenchArguments,
  alg: Algorithm = 'ES256',
) {
  const server = (name: string, program: string, plan: object = {}): Candidate => ({
    name,
    measure: () => measureServer({ program, plan: { clients, alg, ...plan } }, workload, asked),
  })
  return {
    ours: ours(OURS, clients, workload, asked, alg),
    lean: server(LEAN, 'servers/lean-server'),
    each: server(EACH, 'servers/lean-server', { signsTurns: false }),
    peer: server(PEER, 'servers/oidc-provider-server'),
    hand: server(HAND, 'servers/fastify-server'),
  }
}

function ours(
  name: string,
  clients: number,
  workload: Workload,
  asked: BenchArguments,
  alg: Algorithm = 'ES256',
): Candidate {
  return {
    name,
    async measure() {
      const folder = await createDataFolder(clients, alg)
      try {
        const plan = { folder: folder.path, looksAtAllFailures: workload.expectedStatus === 401 }
        return await measureServer({ program: 'servers/mintmark-server', plan }, workload, asked)
      } finally {
        await folder.remove()
      }
    },
  }
}

function issuing(
  clients: readonly BenchClient[],
  connections: number,
  requestOf: typeof tokenRequest = tokenRequest,
): Workload {
  return {
    connections,
    expectedStatus: 200,
    requests: ({ tokenPath }) => clients.map((client) => requestOf(client, tokenPath)),
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

/** The load at which latency is asked for: seven tenths of what was measured just before. */
const SHARE = 0.7

function atSeventyPercent(one: readonly BenchClient[], asked: BenchArguments): Candidate {
  const workload = issuing(one, CONNECTIONS)
  return {
    name: OURS,
    async measure() {
      const peak = (await ours(OURS, 1, workload, asked).measure())['answers/s'] ?? 0
      const perSecond = Math.max(1, Math.floor(peak * SHARE))
      return await ours(OURS, 1, { ...workload, perSecond }, asked).measure()
    },
  }
}

function sections(asked: BenchArguments): readonly BenchSection[] {
  const one = benchClients(1)
  const many = benchClients(asked.isSmoke ? MANY_CLIENTS_IN_SMOKE : MANY_CLIENTS)
  const single = candidates(1, issuing(one, CONNECTIONS), asked)
  const thousand = candidates(many.length, issuing(many, CONNECTIONS), asked)
  const rsa = candidates(1, issuing(one, CONNECTIONS), asked, 'RS256')
  const alone = candidates(1, issuing(one, 1), asked)
  return [
    {
      title: `one client, ${CONNECTIONS} connections`,
      round: inTurns(Object.values(single)),
      pairs: ratios([LEAN, EACH, PEER, HAND]),
      goals: [...issuanceGoals, ...startGoals],
    },
    {
      title: `${many.length} clients with a body each, ${CONNECTIONS} connections`,
      round: inTurns([thousand.ours, thousand.lean, thousand.peer, thousand.hand]),
      pairs: ratios([LEAN, PEER, HAND]),
      goals: issuanceGoals,
    },
    {
      title: `RS256, ${CONNECTIONS} connections`,
      round: inTurns([rsa.ours, rsa.lean, rsa.peer]),
      pairs: ratios([LEAN, PEER]),
      goals: [goal(LEAN, 0.95), goal(PEER, 1.9)],
    },
    {
      title: 'alone, one connection',
      round: inTurns([alone.ours, alone.lean, alone.peer]),
      pairs: [LEAN, PEER].map((base) => ({ metric: 'p50 ms', candidate: OURS, base })),
      goals: [],
    },
    {
      title: 'at 70 % of the load that it can take',
      round: inTurns([atSeventyPercent(one, asked)]),
      pairs: [],
      goals: [{ metric: 'p99 ms', candidate: OURS, atMost: 10 }],
    },
    {
      title: 'refusals and JSON bodies beside tokens for forms',
      round: inTurns([
        ours('forms', 1, issuing(one, CONNECTIONS), asked),
        ours('JSON bodies', 1, issuing(one, CONNECTIONS, jsonTokenRequest), asked),
        ours('refusals', 1, refusing(one), asked),
      ]),
      pairs: [],
      goals: [
        { metric: RATE, candidate: 'JSON bodies', base: 'forms', atLeast: 0.95 },
        { metric: RATE, candidate: 'refusals', base: 'forms', atLeast: 1.6 },
      ],
    },
  ]
}

/** Whether the system tells what a process uses. */
const tellsUsage = processUsage(process.pid) !== undefined

/** By processor time where it is known: what other programs take of the core must not decide. */
const RATE = tellsUsage ? 'answers/core-s' : 'answers/s'

function ratios(bases: readonly string[]): readonly Pair[] {
  return bases.map((base) => ({ metric: RATE, candidate: OURS, base }))
}

function goal(base: string, atLeast: number): Goal {
  return { metric: RATE, candidate: OURS, base, atLeast }
}

const issuanceGoals: readonly Goal[] = [
  { metric: RATE, candidate: OURS, atLeast: 16_500 },
  goal(LEAN, 0.85),
  goal(PEER, 5.5),
  goal(HAND, 1.8),
]

const startGoals: readonly Goal[] = [
  { metric: 'start ms', candidate: OURS, atMost: 500 },
  ...(tellsUsage ? [{ metric: 'idle MB', candidate: OURS, atMost: 90 }] : []),
]

await runBench({
  name: 'issuance',
  question: 'How many access tokens does one core issue over HTTP, and what does that leave?',
  packages: [
    '@mintmark/authorization-server',
    '@mintmark/jwt',
    '@mintmark/protocol',
    'fast-jwt',
    'fastify',
    'jose',
    'oidc-provider',
  ],
  sections,
})
