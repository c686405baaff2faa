/** Whether callers notice that tokens are renewed. */

import type { RenewalPlan, RenewalTiming } from './candidates/time-renewals.ts'
import { tokenPeerNames } from './candidates/token-peer-names.ts'
import { startNode } from './harness/node-process.ts'
import { DRIVING_CORE } from './harness/pinning.ts'
import { inTurns, type Metrics } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { startServer } from './harness/server-process.ts'
import type { SlowTokenPlan, TokenCount } from './servers/slow-token-server.ts'

const OURS = 'client.token()'
const CANDIDATES = [OURS, 'by hand', ...tokenPeerNames]
const RENEWALS = 'renewals'
const SLOW = 'calls over 10 ms'
/** Ten sources for 17 s with tokens of 2 s: a hundred renewals and some more. */
const SOURCES = 10
const SECONDS = 17

async function measure(name: string, seconds: number): Promise<Metrics> {
  const server: SlowTokenPlan = { delayMs: 50, lifetimeSeconds: 2 }
  const endpoint = await startServer(
    { program: 'servers/slow-token-server', plan: server },
    () => 'GET /count HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  )
  const { port } = endpoint.ready
  const plan: RenewalPlan = { port, name, sources: SOURCES, callersPerSource: 2, seconds }
  const caller = startNode('candidates/time-renewals', {
    core: DRIVING_CORE,
    args: [JSON.stringify(plan)],
  })
  try {
    const { calls, slowCalls, longestMs } = (await caller.next()) as RenewalTiming
    const count = await fetch(`http://127.0.0.1:${port}/count`)
    const { tokenRequests } = (await count.json()) as TokenCount
    const renewals = tokenRequests - SOURCES
    return { [RENEWALS]: renewals, calls, [SLOW]: slowCalls, 'longest ms': longestMs }
  } finally {
    await caller.stop()
    await endpoint.stop()
  }
}

await runBench({
  name: 'steady-renewal',
  question:
    'Do callers under steady load wait when tokens of 2 s are renewed at an endpoint that takes 50 ms?',
  packages: ['@mintmark/client', 'simple-oauth2', '@badgateway/oauth2-client', '@azure/msal-node'],
  sections: ({ isSmoke }) => [
    {
      title: '10 sources, 20 callers, every millisecond or so',
      round: inTurns(
        CANDIDATES.map((name) => ({ name, measure: () => measure(name, isSmoke ? 1 : SECONDS) })),
      ),
      pairs: [],
      goals: [
        { metric: SLOW, candidate: OURS, atMost: 0 },
        { metric: RENEWALS, candidate: OURS, atLeast: 100 },
      ],
    },
  ],
})
