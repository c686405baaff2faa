/** What judging a request's token costs a resource server, at first sight and afterwards. */

import { garbageKinds } from './candidates/garbage-tokens.ts'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { CALLS_PER_SECOND, callLoops, NS_PER_CALL } from './harness/call-loops.ts'
import type { Pair } from './harness/report.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'

const MAKING = 'making the request'
const BY_HAND = 'by hand: map by the signature'
const CHECK = 'guard.check'
const CHECK_SCOPE = 'guard.check with a scope'
const CHECK_FEED = 'guard.check with a revocation feed'
const CHECK_OPAQUE = 'guard.check of an opaque token'
const FAST_JWT_CACHED = 'fast-jwt, cached'
const MAKING_PROOF = 'making request and proof'
const RAW_PROOF = 'raw crypto.verify of the proof'
const EXPRESS = 'express-oauth2-jwt-bearer'
/** Others that judge a token anew each time. */
const FORGETFUL = ['jose', 'fast-jwt', 'aws-jwt-verify', 'express-oauth2-jwt-bearer'] as const

/** How near to raw `crypto.verify` each algorithm is to come. */
const FIRST_SIGHT = [
  { algorithm: 'ES256', ofRaw: 0.94 },
  { algorithm: 'RS256', ofRaw: 0.88 },
] as const

function sections(asked: BenchArguments): readonly BenchSection[] {
  return [
    seen(asked),
    ...FIRST_SIGHT.map((entry) => firstSight(entry, asked)),
    bound(asked),
    flood(asked),
  ]
}

/** Each kind has to stay below, whatever it takes to make its strings. */
function flood(asked: BenchArguments): BenchSection {
  const candidates = [...garbageKinds, 'random text, behind rings']
  return {
    title: 'a flood of worthless tokens, fresh strings',
    round: callLoops('garbage-tokens', candidates, asked),
    pairs: [],
    goals: garbageKinds.map((candidate) => ({ metric: NS_PER_CALL, candidate, atMost: 3_000 })),
  }
}

function seen(asked: BenchArguments): BenchSection {
  const pair = (base: string): Pair => ({ metric: NS_PER_CALL, candidate: CHECK, base })
  const candidates = [
    MAKING,
    BY_HAND,
    CHECK,
    CHECK_SCOPE,
    CHECK_FEED,
    CHECK_OPAQUE,
    FAST_JWT_CACHED,
    ...FORGETFUL,
  ]
  return {
    title: '10,000 tokens seen before, fresh strings',
    round: callLoops('seen-tokens', candidates, asked),
    pairs: [MAKING, BY_HAND, FAST_JWT_CACHED, ...FORGETFUL].map(pair),
    goals: [
      { metric: NS_PER_CALL, candidate: CHECK, atMost: 570 },
      { metric: NS_PER_CALL, candidate: CHECK_FEED, atMost: 570 },
      { metric: NS_PER_CALL, candidate: CHECK_OPAQUE, atMost: 570 },
      { ...pair(FAST_JWT_CACHED), atMost: 0.2 },
    ],
  }
}

function firstSight(
  { algorithm, ofRaw }: (typeof FIRST_SIGHT)[number],
  asked: BenchArguments,
): BenchSection {
  const raw = `${algorithm} raw crypto.verify`
  const check = `${algorithm} guard.check`
  const peers = FORGETFUL.map((name) => `${algorithm} ${name}`)
  const pair = (base: string): Pair => ({ metric: CALLS_PER_SECOND, candidate: check, base })
  return {
    title: `${algorithm}, first sight`,
    round: callLoops('unseen-tokens', [raw, check, ...peers], asked),
    pairs: [raw, ...peers].map(pair),
    goals: [
      { ...pair(raw), atLeast: ofRaw },
      ...peers.map((peer) => ({ ...pair(peer), atLeast: 1 })),
    ],
  }
}

/** What a proof of possession costs at each request, with a token that was seen before. */
function bound(asked: BenchArguments): BenchSection {
  const candidates = [MAKING_PROOF, RAW_PROOF, CHECK, EXPRESS]
  const pair = (base: string): Pair => ({ metric: NS_PER_CALL, candidate: CHECK, base })
  return {
    title: 'tokens bound to a key, a new proof each time',
    round: callLoops('bound-tokens', candidates, asked),
    pairs: [MAKING_PROOF, RAW_PROOF, EXPRESS].map(pair),
    goals: [{ ...pair(EXPRESS), atMost: 1 }],
  }
}

await runBench({
  name: 'guard',
  question: 'How many requests per second can a guard judge on one core?',
  packages: ['@mintmark/resource-server', '@mintmark/jwt', ...FORGETFUL],
  sections,
})
