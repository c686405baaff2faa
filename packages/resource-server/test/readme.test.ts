/** The examples of the README, as they are written there, run behind real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import type { Guard, GuardOptions } from '@mintmark/resource-server'
import { systemTransport } from '@mintmark/runtime'
import {
  createScriptedTransport,
  fixtureKeys,
  jsonResponse,
  networkFailure,
  some,
  the,
} from '@mintmark/testkit'
import { type INestApplication, Logger } from '@nestjs/common'
import { transform } from 'esbuild'
import type { FastifyInstance } from 'fastify'
import type { Hono } from 'hono'
import type Koa from 'koa'
import { serveListener } from './adapters/sent-request.ts'
import { carrying, guardWorld, keySetOf, signedToken } from './guard-world.ts'

// Nest tells of every start.
Logger.overrideLogger(false)

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The listener of the application that an example calls `app`. */
const listeners: Readonly<
  Record<string, (app: never) => RequestListener | Promise<RequestListener>>
> = {
  Express: (app: RequestListener) => app,
  async Fastify(app: FastifyInstance) {
    await app.ready()
    return app.routing
  },
  // Others in this process need the platform's Request and Response.
  Hono: (app: Hono) => getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  Koa: (app: Koa) => app.callback(),
  async NestJS(app: INestApplication) {
    await app.init()
    return app.getHttpAdapter().getInstance()
  },
}

/** Imports become calls: the text is no file that could have any, and decorators are no syntax of ours. */
async function runnable(example: string): Promise<string> {
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } }
  const { code } = await transform(example, { loader: 'ts', format: 'esm', tsconfigRaw })
  return code
    .replace(/^import (\w+) from ("[^"]+");$/gm, 'const { default: $1 } = await load($2);')
    .replace(/^import (\{[^}]+\}) from ("[^"]+");$/gm, 'const $1 = await load($2);')
}

for (const [framework, listenerOf] of Object.entries(listeners)) {
  test(`the example for ${framework} in the README protects its route [R8]`, async () => {
    const example = new RegExp(`### ${framework}\n\n\`\`\`ts\n(.*?)\`\`\``, 's').exec(readme)?.[1]
    const code = await runnable(example ?? assert.fail('there is an example'))
    const AsyncFunction = Object.getPrototypeOf(runnable).constructor
    const run = new AsyncFunction('guard', 'load', `${code}; return [app]`)
    const [app] = await run(guardWorld().guard, (specifier: string) => import(specifier))
    const application = await serveListener(await listenerOf(app as never), [])
    const headers = [['Authorization', `Bearer ${signedToken()}`]] as const
    const admitted = await application.send({ path: '/decisions', headers })
    const refused = await application.send({ path: '/decisions' })
    await application.close()
    assert.deepEqual(JSON.parse(admitted.body), { client: 'partner-a' })
    assert.equal(refused.status, 401)
  })
}

/** Runs the one example with some text in it as the body of a function, and gives what it declares. */
async function run(
  mark: string,
  world: Readonly<Record<string, unknown>>,
  ...wanted: readonly string[]
): Promise<readonly unknown[]> {
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
  const found = examples.filter((example) => example.includes(mark))
  assert.equal(found.length, 1, mark)
  const called = (found[0] ?? '')
    .replace(/^import (\{[^}]+\}) from ('[^']+')$/gm, 'const $1 = await load($2)')
    .replace('listen(8080)', "listen(0, '127.0.0.1')")
  const whole = `async function example() {${called}\nreturn [${wanted.join()}] }`
  const { code } = await transform(whole, { loader: 'ts' })
  const AsyncFunction = Object.getPrototypeOf(run).constructor
  const body = new AsyncFunction(...Object.keys(world), `${code}; return await example()`)
  return await body(...Object.values(world))
}

/** In place of `createGuard`: the same, in a world where its issuer is there. */
const createGuard = (options: GuardOptions) => guardWorld(options).guard

const load = (specifier: string) =>
  specifier === '@mintmark/resource-server' ? { createGuard } : import(specifier)

/** A request without a token. */
const NOTHING = { headers: {} }

const given = { load, createGuard, issuer: the.issuer, audience: the.audience, redis: {} }

test('the first example of the README is a server that admits and refuses', async (t) => {
  const servers: Server[] = []
  const createServer = (listener: RequestListener): Server => {
    const server = createHttpServer(listener)
    servers.push(server)
    return server
  }
  await run('listen(8080)', {
    load: (specifier: string) => (specifier === 'node:http' ? { createServer } : load(specifier)),
  })
  const [server] = servers
  assert.ok(server !== undefined)
  t.after(() => server.close())
  if (!server.listening) await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/decisions`
  const headers = { authorization: `Bearer ${signedToken()}` }
  assert.equal(await (await systemTransport(url, { headers })).text(), 'hello partner-a')
  assert.equal((await systemTransport(url)).status, 401)
})

test('the example without an adapter tells what stands in the way', async () => {
  const told: unknown[] = []
  const printer = { log: (...all: readonly unknown[]) => told.push(...all) }
  await run('if (!verdict.admitted)', {
    guard: guardWorld().guard,
    request: NOTHING,
    console: printer,
  })
  assert.deepEqual(told.slice(0, 2), [401, 'no_credentials'])
})

const noes: readonly (readonly [told: string, token: string, metadata?: () => Response])[] = [
  ['unreachable', signedToken(), () => failNetwork()],
  [
    'issuer_mismatch',
    signedToken(),
    () => jsonResponse(some.serverMetadata({ issuer: `${the.issuer}/` })),
  ],
  ['status_not_ok', signedToken(), () => jsonResponse('', { status: 404 })],
  ['redirected', signedToken(), () => Response.redirect('https://login.example/')],
  ['not_json', signedToken(), () => new Response('<!doctype html>')],
  ['wrong_issuer', signedToken({ claims: some.claims({ iss: 'https://other.example' }) })],
  ['wrong_audience', signedToken({ claims: some.claims({ aud: 'https://other.example' }) })],
  ['wrong_type', signedToken({ header: { typ: 'JWT' } })],
  ['claim_missing', signedToken({ claims: some.claims({ client_id: undefined }) })],
  ['expired', signedToken({ claims: some.claims({ exp: the.nowSeconds - 60 }) })],
  ['not_yet_valid', signedToken({ claims: some.claims({ nbf: the.nowSeconds + 60 }) })],
  ['issued_in_the_future', signedToken({ claims: some.claims({ iat: the.nowSeconds + 60 }) })],
]
for (const [told, token, metadata] of noes) {
  test(`the observer of the README is told ${told}, which is in the table there`, async () => {
    const seen: unknown[] = []
    const network = createScriptedTransport()
    for (const url of [the.metadataUrl, `${the.issuer}/.well-known/openid-configuration`]) {
      network.respond(url, metadata ?? (() => jsonResponse(some.serverMetadata())))
    }
    network.respond(the.jwksUri, jsonResponse(keySetOf(fixtureKeys.ES256)))
    const createTold = (options: GuardOptions) =>
      guardWorld({ ...options, transport: network.transport }).guard
    const world = {
      ...{ ...given, createGuard: createTold },
      console: { error: (event: unknown) => void seen.push(event) },
    }
    const [guard] = (await run('observer: (event)', world, 'guard')) as [Guard]
    const verdict = await guard.check(carrying(token))
    assert.equal(verdict.admitted, false)
    assert.match(JSON.stringify(seen), new RegExp(`"(?:failure|code)":"${told}"`))
    assert.match(readme, new RegExp(`^\\| \`[a-z_]+\`: .*\`${told}\``, 'm'))
  })
}

function failNetwork(): never {
  throw networkFailure('ECONNREFUSED')
}

test('the example of typed claims shows what its function answers, and refuses what it does not', async () => {
  const [guard] = (await run('claims: ({ tenant })', given, 'guard')) as [Guard<{ tenant: string }>]
  const token = signedToken({ claims: some.claims({ tenant: 'north' }) })
  const verdict = await guard.check(carrying(token))
  assert.deepEqual(verdict.admitted && verdict.claims, { tenant: 'north' })
  const refused = await guard.check(carrying(signedToken()))
  assert.equal(refused.admitted ? 'admitted' : refused.code, 'claims_refused')
})

test('the example of rings limits partners, and whoever calls without a token [S2]', async () => {
  const answering = (_: unknown, response: { end(): void }) => response.end()
  const world = {
    ...{ load, guard: guardWorld().guard },
    ...{ listDecisions: answering, makeReport: answering, showRates: answering },
  }
  const [report, rates] = (await run('cost: 10', world, 'report', 'rates')) as [
    RequestListener,
    RequestListener,
  ]
  const headers = [['Authorization', `Bearer ${signedToken()}`]] as const
  const limits: string[] = []
  for (const [listener, sent] of [
    [report, headers],
    [rates, []],
  ] as const) {
    const application = await serveListener(listener, [])
    const answer = await application.send({ path: '/', headers: sent })
    limits.push(String(answer.headers.get('ratelimit')).replace(/;t=.*/, ''))
    await application.close()
  }
  assert.deepEqual(limits, ['"partner";r=90', '"public";r=59'])
})

test('the examples of bound tokens, revocation and opaque tokens make guards', async () => {
  const store = {
    redis: { evalsha: () => undefined, set: async () => 'OK', get: async () => null },
  }
  const marks = ['replayStore: redis', 'revocation: { follow', 'introspection: introspection(']
  for (const mark of marks) {
    const world = { ...given, ...store, clientSecret: 'w7Qm2nZx5cV9bKf3' }
    const [guard] = (await run(mark, world, 'guard')) as [Guard]
    assert.equal(guard.ready().state, 'cold', mark)
    const verdict = await guard.check(NOTHING)
    assert.equal(verdict.admitted, false)
    guard.dispose()
  }
})
