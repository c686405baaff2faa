/** What a decision of a limiter costs, in memory and in Redis, and what a million keys cost. */
import { spawnSync } from 'node:child_process'
import { type RedisProcess, startRedisServer } from '@mintmark/testkit'
import type { ManyKeysTiming } from './candidates/time-many-keys.ts'
import type { RedisDecisionPlan, RedisDecisionTiming } from './candidates/time-redis-decisions.ts'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { callLoops, NS_PER_CALL } from './harness/call-loops.ts'
import { startNode } from './harness/node-process.ts'
import { MEASURED_CORE } from './harness/pinning.ts'
import { inTurns, type Metrics, type Round } from './harness/rounds.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'

const MAKING = 'making the address'
const BY_HAND = 'by hand: fixed window in a map'
const CHECK = 'limiter.check'
const BY_ADDRESS = 'rings.check by address'
const BY_CLIENT = 'rings.check by client'
const IN_MEMORY = [
  ...[MAKING, BY_HAND, CHECK, 'limiter.check, two buckets', 'limiter.check, refused'],
  ...[BY_ADDRESS, BY_CLIENT],
]

const MANY_KEYS = 'a bucket for each'
const RESIDENT = 'resident MB'
const LONGEST = 'longest decision ms'
const MIXED_UP = 'keys mixed up'

const ROUND_TRIP = 'us/call'

function sections(asked: BenchArguments): readonly BenchSection[] {
  return [inMemory(asked), manyKeys(asked), ...(hasRedis() ? inRedis(asked) : [])]
}

function inMemory(asked: BenchArguments): BenchSection {
  const goal = (candidate: string) => ({ metric: NS_PER_CALL, candidate, atMost: 400 })
  return {
    title: 'a decision in memory, 10,000 addresses, fresh strings',
    round: callLoops('ring-decisions', IN_MEMORY, asked),
    pairs: [{ metric: NS_PER_CALL, candidate: CHECK, base: BY_HAND }],
    goals: [CHECK, BY_ADDRESS, BY_CLIENT].map(goal),
  }
}

function manyKeys({ isSmoke }: BenchArguments): BenchSection {
  const count = isSmoke ? 1_000 : 1_000_000
  return {
    title: `${count.toLocaleString('en')} keys in memory`,
    round: inTurns([{ name: MANY_KEYS, measure: () => measureManyKeys(count) }]),
    pairs: [],
    goals: [
      { metric: RESIDENT, candidate: MANY_KEYS, atMost: 150 },
      { metric: LONGEST, candidate: MANY_KEYS, atMost: 10 },
    ],
  }
}

async function measureManyKeys(count: number): Promise<Metrics> {
  const timer = startNode('candidates/time-many-keys', {
    ...{ core: MEASURED_CORE, args: [String(count)] },
  })
  try {
    const { residentMb, longestMs, nsPerNewKey, mixedUp } = (await timer.next()) as ManyKeysTiming
    return {
      [RESIDENT]: Math.max(0, residentMb),
      [LONGEST]: longestMs,
      'ns/new key': nsPerNewKey,
      [MIXED_UP]: mixedUp,
    }
  } finally {
    await timer.stop()
  }
}

function inRedis({ isSmoke }: BenchArguments): readonly BenchSection[] {
  const kinds = ['PING', 'one bucket', 'three buckets'] as const
  return [1, 64].map((inFlight) => ({
    title: `a decision in Redis, ${inFlight} at a time`,
    round: withRedis((port) =>
      inTurns(
        kinds.map((kind) => ({
          name: kind,
          measure: () => measureRedis({ port, kind, inFlight, calls: isSmoke ? 50 : 20_000 }),
        })),
      ),
    ),
    pairs: kinds
      .slice(1)
      .map((candidate) => ({ metric: ROUND_TRIP, candidate, base: 'PING' as const })),
    goals: [],
  }))
}

/** An empty server for each round. */
function withRedis(roundOn: (port: number) => Round): Round {
  return async (number) => {
    const server: RedisProcess = await startRedisServer()
    try {
      return await roundOn(server.port)(number)
    } finally {
      await server.stop()
    }
  }
}

async function measureRedis(plan: RedisDecisionPlan): Promise<Metrics> {
  const timer = startNode('candidates/time-redis-decisions', {
    ...{ core: MEASURED_CORE, args: [JSON.stringify(plan)] },
  })
  try {
    const { microsecondsPerCall } = (await timer.next()) as RedisDecisionTiming
    return { [ROUND_TRIP]: microsecondsPerCall, 'calls/s': 1_000_000 / microsecondsPerCall }
  } finally {
    await timer.stop()
  }
}

function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

await runBench({
  name: 'limits',
  question: 'What does a decision of a limiter cost on one core?',
  packages: ['@mintmark/limits', 'ioredis'],
  sections,
})
