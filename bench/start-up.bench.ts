/** What loading the client costs a program at its start. */
import { startNode } from './harness/node-process.ts'
import { MEASURED_CORE } from './harness/pinning.ts'
import { inTurns, type Metrics } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'

const OURS = '@mintmark/client'
const CANDIDATES = [
  OURS,
  'simple-oauth2',
  '@badgateway/oauth2-client',
  'openid-client',
  'google-auth-library',
  '@azure/core-rest-pipeline',
  '@azure/msal-node',
]
const START_UP = 'import ms'

async function measure(name: string): Promise<Metrics> {
  const program = startNode('candidates/time-start-up', { core: MEASURED_CORE, args: [name] })
  try {
    const { startUpMs } = (await program.next()) as { readonly startUpMs: number }
    return { [START_UP]: startUpMs }
  } finally {
    await program.stop()
  }
}

await runBench({
  name: 'start-up',
  question: 'How long does it take to load the client, and to make one of it?',
  packages: CANDIDATES,
  sections: () => [
    {
      title: 'import; ours with a client made of it',
      round: inTurns(CANDIDATES.map((name) => ({ name, measure: () => measure(name) }))),
      pairs: [],
      goals: [{ metric: START_UP, candidate: OURS, atMost: 5 }],
    },
  ],
})
