/** What judging a request's token costs a resource server, at first sight and afterwards. */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { CALLS_PER_SECOND, callLoops, NS_PER_CALL } from './harness/call-loops.ts'
import type { Pair } from './harness/report.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'

const MAKING = 'making the request'
const BY_HAND = 'by hand: map by the signature'
const CHECK = 'guard.check'
const CHECK_SCOPE = 'guard.check with a scope'

/** How near to raw `crypto.verify` each algorithm is to come. */
const FIRST_SIGHT = [
  { algorithm: 'ES256', ofRaw: 0.9 },
  { algorithm: 'RS256', ofRaw: 0.85 },
] as const

function sections(asked: BenchArguments): readonly BenchSection[] {
  return [seen(asked), ...FIRST_SIGHT.map((entry) => firstSight(entry, asked))]
}

function seen(asked: BenchArguments): BenchSection {
  return {
    title: '10,000 tokens seen before, fresh strings',
    round: callLoops('seen-tokens', [MAKING, BY_HAND, CHECK, CHECK_SCOPE], asked),
    pairs: [
      { metric: NS_PER_CALL, candidate: CHECK, base: BY_HAND },
      { metric: NS_PER_CALL, candidate: CHECK, base: MAKING },
    ],
    goals: [{ metric: CALLS_PER_SECOND, candidate: CHECK, atLeast: 1_000_000 }],
  }
}

function firstSight(
  { algorithm, ofRaw }: (typeof FIRST_SIGHT)[number],
  asked: BenchArguments,
): BenchSection {
  const raw = `${algorithm} raw crypto.verify`
  const jose = `${algorithm} jose, 64 in flight`
  const check = `${algorithm} guard.check`
  const pair = (base: string): Pair => ({ metric: CALLS_PER_SECOND, candidate: check, base })
  return {
    title: `${algorithm}, first sight`,
    round: callLoops('unseen-tokens', [raw, check, jose], asked),
    pairs: [pair(raw), pair(jose)],
    goals: [{ ...pair(raw), atLeast: ofRaw }],
  }
}

await runBench({
  name: 'guard',
  question: 'How many requests per second can a guard judge on one core?',
  packages: ['@mintmark/resource-server', '@mintmark/jwt', 'jose'],
  sections,
})
