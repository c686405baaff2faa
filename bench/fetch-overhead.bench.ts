/** What our client's `fetch` costs over the platform's. */
import type { RequestPlan, RequestTiming, RequestTimings } from './candidates/time-requests.ts'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { startNode } from './harness/node-process.ts'
import { DRIVING_CORE } from './harness/pinning.ts'
import type { Metrics } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { startServer } from './harness/server-process.ts'
import { API_TOKEN } from './servers/api-token.ts'

const BARE = 'fetch with a fixed header'
const OURS = 'client.fetch'
const PROCESSOR = 'processor us/call'
const RATE = 'calls/s'
/** Slices of each kind per second asked for; there is room for somewhat fewer. */
const SLICES_PER_SECOND = 16

/** Both kinds of calls in one fresh process, against one fresh server. */
async function measure({ isSmoke, seconds }: BenchArguments): Promise<Map<string, Metrics>> {
  const server = await startServer({ program: 'servers/api-server', plan: {} }, firstRequest)
  const slices = isSmoke ? 2 : seconds * SLICES_PER_SECOND
  const plan: RequestPlan = { port: server.ready.port, slices, isSmoke }
  const caller = startNode('candidates/time-requests', {
    core: DRIVING_CORE,
    args: [JSON.stringify(plan)],
  })
  try {
    const { bare, client } = (await caller.next()) as RequestTimings
    return new Map([
      [BARE, metricsOf(bare)],
      [OURS, metricsOf(client)],
    ])
  } finally {
    await caller.stop()
    await server.stop()
  }
}

function firstRequest(): string {
  return `GET /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${API_TOKEN}\r\n\r\n`
}

function metricsOf({ processorMicrosecondsPerCall, callsPerSecond }: RequestTiming): Metrics {
  return { [PROCESSOR]: processorMicrosecondsPerCall, [RATE]: callsPerSecond }
}

await runBench({
  name: 'fetch-overhead',
  question: 'What does an API call through the client cost over the same call with a fixed header?',
  packages: ['@mintmark/client'],
  sections: (asked) => [
    {
      title: '16 calls in flight, small JSON answers',
      round: () => measure(asked),
      pairs: [PROCESSOR, RATE].map((metric) => ({ metric, candidate: OURS, base: BARE })),
      goals: [{ metric: PROCESSOR, candidate: OURS, base: BARE, atMost: 1.05 }],
    },
  ],
})
