/** What a token costs whose client proves itself with a signed assertion, beside one with a secret. */

import { openRegistry, sqlite } from '@mintmark/authorization-server'
import { nodeEngine, publicJwkOf, serialiseJwkSet, signCompact } from '@mintmark/jwt'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { type Candidate, inTurns } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { measureServer, type Workload } from './load/measured-server.ts'
import { checkTokenAnswers } from './load/token-answers.ts'
import {
  type BenchClient,
  benchClients,
  RESOURCE,
  SCOPES,
  tokenRequest,
} from './load/token-workload.ts'
import { createDataFolder } from './servers/data-folder.ts'
import type { ServerReady } from './servers/server-ready.ts'

const CONNECTIONS = 64
const KEYED = 'private_key_jwt'
const SECRET = 'client_secret_basic'
/** Each is good once. */
const ASSERTIONS = 60_000
const ASSERTIONS_IN_SMOKE = 200
const ASSERTION_SECONDS = 280

const engine = nodeEngine()
if (engine === undefined) throw new Error('this runs on Node')
const privateJwk = engine.generateKey('ES256')
const key = engine.importSigningKey(privateJwk, 'ES256', 'bench')
const jwks = serialiseJwkSet([publicJwkOf({ ...privateJwk, kid: 'bench' })])

function assertion(number: number, issuer: string, nowSeconds: number): string {
  const claims = {
    ...{ iss: KEYED, sub: KEYED, aud: issuer, jti: `bench-${nowSeconds}-${number}` },
    ...{ iat: nowSeconds, exp: nowSeconds + ASSERTION_SECONDS },
  }
  if (engine === undefined) throw new Error('this runs on Node')
  return signCompact(engine, key, { typ: 'client-authentication+jwt' }, JSON.stringify(claims))
}

function assertionRequest(text: string, { tokenPath }: ServerReady): string {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: SCOPES[0] ?? '',
    resource: RESOURCE,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: text,
  }).toString()
  return [
    `POST ${tokenPath} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}

function workload(requests: Workload['requests']): Workload {
  const [client] = benchClients(1) as readonly [BenchClient]
  return {
    connections: CONNECTIONS,
    expectedStatus: 200,
    requests,
    firstRequest: ({ tokenPath }) => tokenRequest(client, tokenPath),
    check: checkTokenAnswers,
  }
}

function withAssertions(count: number): Workload {
  return workload((ready) => {
    const nowSeconds = Math.floor(Date.now() / 1000)
    return Array.from({ length: count }, (_, number) =>
      assertionRequest(assertion(number, ready.issuer, nowSeconds), ready),
    )
  })
}

const withSecret = workload(({ tokenPath }) =>
  benchClients(1).map((client) => tokenRequest(client, tokenPath)),
)

function candidate(name: string, load: Workload, asked: BenchArguments): Candidate {
  return {
    name,
    async measure() {
      const folder = await createDataFolder(1)
      try {
        await registerKeyed(folder.path)
        const program = { program: 'servers/mintmark-server', plan: { folder: folder.path } }
        return await measureServer(program, load, asked)
      } finally {
        await folder.remove()
      }
    },
  }
}

async function registerKeyed(folder: string): Promise<void> {
  const registry = await openRegistry({ storage: sqlite(folder) })
  const created = await registry.createClient({
    id: KEYED,
    scope: SCOPES.join(' '),
    authenticationMethods: [KEYED],
    settings: { keys: { kind: 'jwks', jwks } },
  })
  if (!created.ok) throw new Error(`${KEYED} was not registered: ${created.violation}`)
  await registry.close()
}

await runBench({
  name: 'client-assertions',
  question: 'What does client authentication with a signed assertion cost, each used once?',
  packages: ['@mintmark/authorization-server', '@mintmark/jwt'],
  sections: (asked) => [
    {
      title: `${CONNECTIONS} connections, ES256 assertions, replays guarded in SQLite`,
      round: inTurns([
        candidate(KEYED, withAssertions(asked.isSmoke ? ASSERTIONS_IN_SMOKE : ASSERTIONS), asked),
        candidate(SECRET, withSecret, asked),
      ]),
      pairs: [{ metric: 'answers/core-s', candidate: KEYED, base: SECRET }],
      goals: [{ metric: 'answers/core-s', candidate: KEYED, atLeast: 5_000 }],
    },
  ],
})
