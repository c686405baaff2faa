/** What a cached token costs a caller of the client. */
import { tokenPeerNames } from './candidates/token-peer-names.ts'
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
  question:
    'What does a token that is already there cost, next to other libraries and a cache by hand?',
  packages: [
    '@mintmark/client',
    'simple-oauth2',
    '@badgateway/oauth2-client',
    'google-auth-library',
    'openid-client',
    '@azure/core-rest-pipeline',
    '@azure/msal-node',
  ],
  sections: (asked) => [
    {
      title: 'a cache hit',
      round: callLoops(
        'cached-token',
        [FLOOR, BY_HAND, BY_HAND_SYNC, TOKEN, REVEALED, CURRENT, ...tokenPeerNames],
        asked,
      ),
      pairs: [
        { metric: NS_PER_CALL, candidate: TOKEN, base: FLOOR },
        { metric: NS_PER_CALL, candidate: TOKEN, base: BY_HAND },
        { metric: NS_PER_CALL, candidate: CURRENT, base: BY_HAND_SYNC },
        ...tokenPeerNames.map((base) => ({ metric: NS_PER_CALL, candidate: REVEALED, base })),
      ],
      goals: [
        { metric: NS_PER_CALL, candidate: TOKEN, atMost: 100 },
        { metric: NS_PER_CALL, candidate: TOKEN, base: FLOOR, atMost: 1.6 },
        { metric: NS_PER_CALL, candidate: CURRENT, atMost: 50 },
      ],
    },
  ],
})
