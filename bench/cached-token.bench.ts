/** What a cached token costs a caller of the client. */
import { callLoops, NS_PER_CALL } from './harness/call-loops.ts'
import { runBench } from './harness/run-bench.ts'

const FLOOR = 'floor: async function'
const BY_HAND = 'by hand, async'
const BY_HAND_SYNC = 'by hand, sync'
const TOKEN = 'client.token()'
const REVEALED = 'client.token(), revealed'
const CURRENT = 'client.currentToken()'

await runBench({
  name: 'cached-token',
  question: 'What does a token that is already there cost, next to a cache written by hand?',
  packages: ['@mintmark/client'],
  sections: (asked) => [
    {
      title: 'a cache hit',
      round: callLoops(
        'cached-token',
        [FLOOR, BY_HAND, BY_HAND_SYNC, TOKEN, REVEALED, CURRENT],
        asked,
      ),
      pairs: [
        { metric: NS_PER_CALL, candidate: TOKEN, base: BY_HAND },
        { metric: NS_PER_CALL, candidate: CURRENT, base: BY_HAND_SYNC },
      ],
      goals: [
        { metric: NS_PER_CALL, candidate: TOKEN, atMost: 200 },
        { metric: NS_PER_CALL, candidate: TOKEN, base: BY_HAND, atMost: 1.15 },
      ],
    },
  ],
})
