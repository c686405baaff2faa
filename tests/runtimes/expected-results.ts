/** What the scenarios print, step by step, wherever they run. */
import { the } from '@mintmark/testkit'

const once = { requests: 1, abandoned: 0 }
const twice = { requests: 2, abandoned: 0 }

/** Of `scenarios/client.js`. */
export const clientResults = {
  'asks-once-and-serves-from-memory': ['asks-once-and-serves-from-memory-1', true, true, once],
  'asks-once-for-a-hundred-callers': [1, once],
  'renews-in-the-background': [
    'renews-in-the-background-1',
    true,
    'renews-in-the-background-2',
    twice,
  ],
  'never-serves-an-expired-token': [
    'never-serves-an-expired-token-1',
    false,
    'never-serves-an-expired-token-2',
  ],
  'retries-once-after-a-401': [200, 'an order', twice],
  'one-callers-abort-fails-nobody-else': ['aborted', 'one-callers-abort-fails-nobody-else-1', once],
  'the-last-abort-hangs-up': ['aborted', true],
  'keeps-its-deadline': 'deadline_exceeded',
  'ends-with-dispose': ['disposed', 'disposed'],
  'asks-no-more-with-a-refused-secret': ['client_refused', 'client_refused', once],
  'follows-no-redirect': ['endpoint_misconfigured', once],
  'tells-a-broken-answer': 'response_not_conforming',
  'tells-a-dead-server': 'network_failed',
  'finds-the-endpoint-by-the-issuer': 'finds-the-endpoint-by-the-issuer-1',
  'authenticates-with-a-private-key': 'authenticates-with-a-private-key-1',
  'proves-possession-of-its-key': [200, 'an order', once],
  'opens-what-another-runtime-sealed': ['sealed elsewhere', 'sealed here', 'not_authentic'],
  'stays-warm-by-itself': true,
  'prints-no-secret': [[false, false, false], true],
  'publishes-on-its-diagnostics-channel': ['token_requested', 'token_obtained'],
}

/** Of `scenarios/guard.js`. */
export const guardResults = {
  'admits-a-good-token': [200, `hello ${the.clientId}`],
  'admits-it-again-from-memory': [200, `hello ${the.clientId}`],
  'refuses-a-forged-token': [401, 'bad_signature'],
  'refuses-what-is-no-token': [401, 'malformed'],
  'refuses-a-request-without-a-token': [401, null],
  'refuses-too-little-scope': [403, 'insufficient_scope'],
  'refuses-a-token-for-somebody-else': [false, 'wrong_audience'],
  'knows-its-keys': 'ready',
}

const allAgree = [
  [true, true],
  [true, true],
]
const thumbprint = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'

/** Of `scenarios/jwt.js`: two engines, each of which judges what both make. */
export const jwtResults = {
  engines: ['node', 'web'],
  'signs-and-verifies-ES256': allAgree,
  'signs-and-verifies-EdDSA': allAgree,
  'signs-and-verifies-RS256': allAgree,
  'signs-and-verifies-PS256': allAgree,
  'makes-the-thumbprint-of-the-rfc': [thumbprint, thumbprint],
}
