/** What protecting a route costs a whole application over HTTP, when the tokens were seen before. */
import { AUDIENCE, ISSUER, signTokens } from './candidates/signed-tokens.ts'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { DRIVING_CORE, MEASURED_CORE } from './harness/pinning.ts'
import type { Goal } from './harness/report.ts'
import { type Candidate, inTurns } from './harness/rounds.ts'
import { type BenchSection, runBench } from './harness/run-bench.ts'
import { measureServer, type Workload } from './load/measured-server.ts'
import { runLoad } from './load/run-load.ts'
import type { GuardedApplication, GuardedAppPlan } from './servers/guarded-app-server.ts'

const CONNECTIONS = 64
const TOKENS = 10_000
const TOKENS_IN_SMOKE = 20
const METRIC = 'answers/core-s'
const FRAMEWORKS = [
  { base: 'node:http', others: ['node:http + by hand'], ofBare: 0.95 },
  { base: 'express', others: ['express + express-oauth2-jwt-bearer'], ofBare: 0.95 },
  { base: 'fastify', others: ['fastify + @fastify/jwt, cached'], ofBare: 0.92 },
] as const satisfies readonly {
  base: GuardedApplication
  others: readonly GuardedApplication[]
  ofBare: number
}[]

type Framework = (typeof FRAMEWORKS)[number]

const requestWith = (token: string) =>
  `GET /decisions HTTP/1.1\r\nHost: api.example\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\n\r\n`

/** Sends each request once: what is measured is tokens that were seen before, however slow the machine is. */
async function seeAll(requests: readonly string[], port: number): Promise<void> {
  await runLoad({
    ...{ port, requests, connections: CONNECTIONS, expectedStatus: 200 },
    ...{ warmMs: 0, measuredMs: 60_000, answersMax: requests.length + CONNECTIONS },
    ...{ sampleEvery: requests.length, samplesMax: 0 },
    ...{ serverPid: process.pid, serverCore: DRIVING_CORE },
  })
}

function workloadOf(tokens: readonly string[]): Workload {
  const requests = tokens.map(requestWith)
  return {
    ...{ connections: CONNECTIONS, expectedStatus: 200 },
    async requests({ port }) {
      await seeAll(requests, port)
      return requests
    },
    firstRequest: () => requests[0] ?? '',
    async check(bodies) {
      if (!bodies.every((body) => body === '{"decisions":[]}')) throw new Error('a wrong answer')
    },
  }
}

function section({ base, others, ofBare }: Framework, asked: BenchArguments): BenchSection {
  const signed = signTokens('ES256', asked.isSmoke ? TOKENS_IN_SMOKE : TOKENS)
  const candidate = (application: GuardedApplication): Candidate => ({
    name: application,
    async measure() {
      const { tokens, jwk } = await signed
      const parties = { issuer: ISSUER, audience: AUDIENCE }
      const plan: GuardedAppPlan = { application, ...parties, jwk, tokens: tokens.length }
      const program = { program: 'servers/guarded-app-server', plan }
      return await measureServer(program, workloadOf(tokens), asked)
    },
  })
  const ours = `${base} + mintmark` as const
  const compared = [ours, ...others].map((name) => ({ metric: METRIC, candidate: name, base }))
  const goal: Goal = { metric: METRIC, candidate: ours, base, atLeast: ofBare }
  return {
    title: `${base}, ${TOKENS} tokens seen before, ${CONNECTIONS} connections, core ${MEASURED_CORE}`,
    round: inTurns([base, ours, ...others].map(candidate)),
    pairs: compared,
    goals: [goal],
  }
}

await runBench({
  name: 'guarded-apps',
  question: 'How much of an application is left when its route is protected?',
  packages: [
    '@mintmark/resource-server',
    ...['express', 'express-oauth2-jwt-bearer', 'fastify', '@fastify/jwt'],
  ],
  sections: (asked) => FRAMEWORKS.map((framework) => section(framework, asked)),
})
