/** What happens when many callers ask at once for a token that nobody has yet. */

import type { StampedePlan, StampedeTiming } from './candidates/time-stampede.ts'
import { tokenPeerNames } from './candidates/token-peer-names.ts'
import { startNode } from './harness/node-process.ts'
import { DRIVING_CORE } from './harness/pinning.ts'
import { inTurns, type Metrics, type Round } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { startServer } from './harness/server-process.ts'
import type { SlowTokenPlan, TokenCount } from './servers/slow-token-server.ts'

const OURS = 'client.token()'
const BY_HAND = 'by hand'
const REQUESTS = 'token requests'
const AFTER_ANSWER = 'ms after the answer'
const HEAP = 'heap MB'
const DELAY_MS = 1_000

async function measure(name: string, callers: number): Promise<Metrics> {
  const server: SlowTokenPlan = { delayMs: DELAY_MS, lifetimeSeconds: 3_600 }
  const endpoint = await startServer(
    { program: 'servers/slow-token-server', plan: server },
    () => 'GET /count HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  )
  const { port } = endpoint.ready
  const plan: StampedePlan = { port, name, callers }
  const caller = startNode('candidates/time-stampede', {
    core: DRIVING_CORE,
    args: [JSON.stringify(plan)],
  })
  try {
    const { servedMs, heapMb } = (await caller.next()) as StampedeTiming
    const count = await fetch(`http://127.0.0.1:${port}/count`)
    const { tokenRequests } = (await count.json()) as TokenCount
    return { [REQUESTS]: tokenRequests, [AFTER_ANSWER]: servedMs - DELAY_MS, [HEAP]: heapMb }
  } finally {
    await caller.stop()
    await endpoint.stop()
  }
}

function stampede(names: readonly string[], callers: number): Round {
  return inTurns(names.map((name) => ({ name, measure: () => measure(name, callers) })))
}

await runBench({
  name: 'stampede',
  question: 'How many token requests do callers on an empty cache cause, and when are they served?',
  packages: ['@mintmark/client', 'simple-oauth2', '@badgateway/oauth2-client', '@azure/msal-node'],
  sections: ({ isSmoke }) => [
    {
      title: 'many callers, endpoint answers after 1 s',
      round: stampede([OURS, BY_HAND], isSmoke ? 1_000 : 100_000),
      pairs: [],
      goals: [
        { metric: REQUESTS, candidate: OURS, atMost: 1 },
        { metric: AFTER_ANSWER, candidate: OURS, atMost: 250 },
        { metric: HEAP, candidate: OURS, atMost: 60 },
      ],
    },
    {
      title: '1,000 callers, other libraries',
      round: stampede([OURS, ...tokenPeerNames], isSmoke ? 50 : 1_000),
      pairs: [],
      goals: [{ metric: REQUESTS, candidate: OURS, atMost: 1 }],
    },
  ],
})
