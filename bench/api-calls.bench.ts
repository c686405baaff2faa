/** What an API call with a token costs: over bare HTTP clients with our client on top, and with other libraries. */
import type { RequestPlan, RequestTimings } from './candidates/time-requests.ts'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { startNode } from './harness/node-process.ts'
import { DRIVING_CORE } from './harness/pinning.ts'
import type { Metrics } from './harness/rounds.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'
import { startServer } from './harness/server-process.ts'
import { API_TOKEN } from './servers/api-token.ts'

const BARE_FETCH = 'fetch, fixed header'
const OUR_FETCH = 'client.fetch'
const BARE_POOL = 'Pool.request, fixed header'
const OUR_POOL = 'Pool.request + client interceptor'
const PEERS = [
  'simple-oauth2 + fetch',
  '@badgateway OAuth2Fetch',
  'openid-client fetchProtectedResource',
  'google-auth-library request',
  'axios + interceptor by hand',
]
const PROCESSOR = 'processor us/call'
const RATE = 'calls/s'
/** Slices of each way per second asked for; there is room for somewhat fewer. */
const SLICES_PER_SECOND = 16

/** All ways in one fresh process, against one fresh server. */
async function measure(
  names: readonly string[],
  { isSmoke, seconds }: BenchArguments,
): Promise<Map<string, Metrics>> {
  const server = await startServer({ program: 'servers/api-server', plan: {} }, firstRequest)
  const slices = isSmoke ? 2 : seconds * SLICES_PER_SECOND
  const plan: RequestPlan = { port: server.ready.port, names, slices, isSmoke }
  const caller = startNode('candidates/time-requests', {
    core: DRIVING_CORE,
    args: [JSON.stringify(plan)],
  })
  try {
    const timings = (await caller.next()) as RequestTimings
    return new Map(timings.map((timing, at) => [names[at] ?? '', metricsOf(timing)]))
  } finally {
    await caller.stop()
    await server.stop()
  }
}

function firstRequest(): string {
  return `GET /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${API_TOKEN}\r\n\r\n`
}

function metricsOf(timing: RequestTimings[number]): Metrics {
  return {
    [PROCESSOR]: timing.processorMicrosecondsPerCall,
    [RATE]: timing.callsPerSecond,
  }
}

/** Our way over the bare one that it is built upon. */
function overhead(
  title: string,
  candidate: string,
  base: string,
  asked: BenchArguments,
): BenchSection {
  return {
    title,
    round: () => measure([base, candidate], asked),
    pairs: [PROCESSOR, RATE].map((metric) => ({ metric, candidate, base })),
    goals: [],
  }
}

await runBench({
  name: 'api-calls',
  question: 'What does an API call through the client cost over the same call with a fixed header?',
  packages: [
    '@mintmark/client',
    'undici',
    'simple-oauth2',
    '@badgateway/oauth2-client',
    'openid-client',
    'google-auth-library',
    'axios',
  ],
  sections: (asked) => [
    {
      ...overhead('fetch, 16 in flight, small JSON answers', OUR_FETCH, BARE_FETCH, asked),
      goals: [{ metric: PROCESSOR, candidate: OUR_FETCH, base: BARE_FETCH, atMost: 1.02 }],
    },
    {
      ...overhead('undici, 16 in flight, small JSON answers', OUR_POOL, BARE_POOL, asked),
      goals: [{ metric: RATE, candidate: OUR_POOL, base: BARE_POOL, atLeast: 0.97 }],
    },
    {
      title: 'other libraries, 16 in flight, small JSON answers',
      round: () => measure([OUR_FETCH, OUR_POOL, ...PEERS], asked),
      pairs: PEERS.flatMap((base) => [
        { metric: PROCESSOR, candidate: OUR_FETCH, base },
        { metric: RATE, candidate: OUR_POOL, base },
      ]),
      goals: PEERS.map((base) => ({ metric: PROCESSOR, candidate: OUR_FETCH, base, atMost: 1 })),
    },
  ],
})
