/** What a server does when more token requests arrive than it can answer, on one core. */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { processUsage } from './harness/process-usage.ts'
import type { Goal, Pair } from './harness/report.ts'
import type { Metrics, Round } from './harness/rounds.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'
import { measureServer, type Workload } from './load/measured-server.ts'
import { checkTokenAnswers } from './load/token-answers.ts'
import { type BenchClient, benchClients, tokenRequest } from './load/token-workload.ts'
import { createDataFolder } from './servers/data-folder.ts'

const PEAK = 'as much as it can'
const UNLOADED = 'at 70 %'
const TWICE = 'twice as much'
const FIVE_TIMES = 'five times as much'

/**
 * Callers that know nothing of each other. As many for the peak: eight times the sockets cost any server a tenth of its
 * rate, also one that has just enough to do.
 */
const CONNECTIONS = 512

function issuing(client: BenchClient): Workload {
  return {
    connections: CONNECTIONS,
    expectedStatus: 200,
    turnedAwayStatus: 503,
    requests: ({ tokenPath }) => [tokenRequest(client, tokenPath)],
    firstRequest: ({ tokenPath }) => tokenRequest(client, tokenPath),
    check: checkTokenAnswers,
  }
}

/** Finds out what the server can do, and then asks it for more. */
function overload(alg: string, asked: BenchArguments): Round {
  const [client] = benchClients(1)
  if (client === undefined) throw new Error('there is one client')
  const measure = async (workload: Workload): Promise<Metrics> => {
    const folder = await createDataFolder(1, alg)
    try {
      const plan = { folder: folder.path }
      return await measureServer({ program: 'servers/mintmark-server', plan }, workload, asked)
    } finally {
      await folder.remove()
    }
  }
  return async () => {
    const peak = await measure(issuing(client))
    const at = (share: number): Promise<Metrics> =>
      measure({
        ...issuing(client),
        perSecond: Math.max(1, Math.floor((peak['answers/s'] ?? 0) * share)),
      })
    return new Map([
      [PEAK, peak],
      [UNLOADED, await at(0.7)],
      [TWICE, await at(2)],
      [FIVE_TIMES, await at(5)],
    ])
  }
}

/** By processor time where it is known: what other programs take of the core must not decide. */
const RATE = processUsage(process.pid) === undefined ? 'answers/s' : 'answers/core-s'

const pairs: readonly Pair[] = [TWICE, FIVE_TIMES].flatMap((candidate) => [
  { metric: RATE, candidate, base: PEAK },
  { metric: 'p99 ms', candidate, base: UNLOADED },
  { metric: 'loaded MB', candidate, base: PEAK },
])

const goals: readonly Goal[] = [TWICE, FIVE_TIMES].flatMap((candidate) => [
  { metric: RATE, candidate, base: PEAK, atLeast: 0.95 },
  { metric: 'p99 ms', candidate, base: UNLOADED, atMost: 3 },
])

function sections(asked: BenchArguments): readonly BenchSection[] {
  return ['ES256', 'RS256'].map((alg) => ({
    title: `${alg} tokens, ${CONNECTIONS} connections that ask by the clock`,
    round: overload(alg, asked),
    pairs,
    goals,
  }))
}

await runBench({
  name: 'overload',
  question:
    'How many tokens are still issued in time when two and five times as many are asked for?',
  packages: ['@mintmark/authorization-server', 'jose'],
  sections,
})
