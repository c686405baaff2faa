/**
 * Client and guard where there is nothing of Node: bundled as for Workers, and run in a realm that has the globals of
 * the web platform and no others (requirements C15, R8).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, Script } from 'node:vm'
import { publicJwkOf } from '@mintmark/jwt'
import { sleep, systemClock } from '@mintmark/runtime'
import { fixtureKeys, some, startLoopbackServer, the } from '@mintmark/testkit'
import { build } from 'esbuild'
import { importJWK, SignJWT } from 'jose'
import { startPartnerWorld } from './partner-world.ts'

const packages = [
  ...['@mintmark/client', '@mintmark/jwt', '@mintmark/protocol', '@mintmark/runtime'],
  ...['@mintmark/limits', '@mintmark/resource-server', '@mintmark/resource-server/fetch'],
  ...['@mintmark/resource-server/introspection', '@mintmark/resource-server/receipts'],
]

/** One script that defines `entry`, as a bundler for Workers would write it. Fails for an import of Node's. */
async function bundledForWorkers(entryPoint: string): Promise<string> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from '${entryPoint}'`, resolveDir: import.meta.dirname },
    ...{ bundle: true, write: false, metafile: true, format: 'iife', globalName: 'entry' },
    ...{ platform: 'neutral', conditions: ['source', 'workerd', 'worker'], logLevel: 'silent' },
  })
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports)
  assert.deepEqual(imported, [])
  const [bundle] = outputFiles
  assert.ok(bundle)
  return bundle.text
}

/** What Workers and browsers have in common with Node (WinterTC's minimum common API). */
const webNames = `fetch crypto performance Request Response Headers URL URLSearchParams TextEncoder TextDecoder
  AbortController AbortSignal ReadableStream Event EventTarget DOMException atob btoa structuredClone queueMicrotask`

/** These globals, and timers as Workers have them: plain numbers. */
function webGlobals(): Record<string, unknown> {
  const timers = new Map<number, { cancel(): void }>()
  const names = webNames.split(/\s+/)
  return {
    ...Object.fromEntries(names.map((name) => [name, Reflect.get(globalThis, name)])),
    setTimeout: (task: () => void, delayMs: number): number => {
      const number = timers.size + 1
      timers.set(number, systemClock.schedule(delayMs, task))
      return number
    },
    clearTimeout: (number: number) => timers.get(number)?.cancel(),
  }
}

/** What `entry` exports, evaluated among `globals` alone. */
async function loadedAmong(entryPoint: string, globals: Record<string, unknown>) {
  const realm = createContext(globals)
  new Script(await bundledForWorkers(entryPoint)).runInContext(realm)
  assert.equal(
    new Script('typeof process + typeof Buffer').runInContext(realm),
    'undefinedundefined',
  )
  return new Script('entry').runInContext(realm)
}

for (const name of packages) {
  test(`${name} is bundled for Workers without a module of Node, and loads [C15]`, async () => {
    const entry = await loadedAmong(name, webGlobals())
    assert.ok(Object.keys(entry).length > 0)
  })
}

test('a client lives a whole life on the web platform alone [C15] [C3] [C6]', async (context) => {
  const world = await startPartnerWorld()
  context.after(() => world.close())
  const { createTokenClient } = await loadedAmong('@mintmark/client', webGlobals())
  const clientOf = (script: string, clientId: string) =>
    createTokenClient({
      ...{ tokenEndpoint: `${world.origin}/token/${script}`, clientId },
      clientSecret: the.clientSecret,
    })
  const client = clientOf('hour', 'worker')
  const tokens = await Promise.all([client.token(), client.token(), client.token()])
  assert.deepEqual(new Set(tokens).size, 1)
  const answer = await client.fetch(`${world.origin}/api/refuses-first`, {
    method: 'POST',
    body: 'an order',
  })
  assert.deepEqual([answer.status, await answer.text()], [200, 'an order'])
  assert.equal((await client.token()).reveal(), 'worker-2')
  const brief = clientOf('second', 'brief')
  await brief.warm()
  await sleep(systemClock, 1_000)
  assert.equal((await brief.token()).reveal(), 'brief-2')
  await client.dispose()
  await assert.rejects(client.token(), { code: 'disposed' })
})

test('a guard with rings judges on the web platform alone [R8] [R9]', async (context) => {
  const keySet = { keys: [publicJwkOf(fixtureKeys.ES256)] }
  const issuer = await startLoopbackServer((_request, response) => {
    response.end(JSON.stringify(keySet))
  })
  context.after(() => issuer.close())
  const globals = webGlobals()
  const { createGuard } = await loadedAmong('@mintmark/resource-server', globals)
  const { protect } = await loadedAmong('@mintmark/resource-server/fetch', globals)
  const { createRings, limitPolicy, memoryLimiter } = await loadedAmong('@mintmark/limits', globals)
  const guard = createGuard({
    ...{ issuer: the.issuer, audience: the.audience, jwksUri: `${issuer.origin}/jwks` },
  })
  const twice = limitPolicy({ name: 'partner', quota: 2, windowSeconds: 3_600 })
  const rings = createRings({ limiter: memoryLimiter(), partnerPolicies: [twice] })
  const options = { guard, rings, scope: 'decisions:read', peerAddress: () => '203.0.113.7' }
  const answer = protect(options)(
    (_request: Request, { clientId }: { clientId: string }) => new Response(clientId),
  )
  const headers = { authorization: `Bearer ${await signedNow()}` }
  const statuses: number[] = []
  for (const init of [{ headers }, { headers }, {}, { headers }]) {
    statuses.push((await answer(new Request(the.audience, init))).status)
  }
  assert.deepEqual(statuses, [200, 200, 401, 429])
  guard.dispose()
})

/** A good token by the time of the platform. */
async function signedNow(): Promise<string> {
  const iat = Math.floor(systemClock.wallMs() / 1000)
  const header = { alg: 'ES256', typ: 'at+jwt', kid: fixtureKeys.ES256.kid ?? '' }
  const key = await importJWK({ ...fixtureKeys.ES256 }, 'ES256')
  const claims = some.claims({ iat, exp: iat + 60 })
  return await new SignJWT(claims).setProtectedHeader(header).sign(key)
}

const realms: readonly (readonly [where: string, globals: object, isRefused: boolean])[] = [
  ['a page of a browser', { window: {}, document: {} }, true],
  ['a worker of a browser', workerOf('Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'), true],
  ['a Cloudflare Worker', workerOf('Cloudflare-Workers'), false],
]

function workerOf(name: string): object {
  return { WorkerGlobalScope: class {}, navigator: { userAgent: name } }
}

for (const [where, globals, isRefused] of realms) {
  test(`a client is ${isRefused ? 'refused' : 'made'} in ${where} [C15]`, async () => {
    const entry = await loadedAmong('@mintmark/client', { ...webGlobals(), ...globals })
    const make = () =>
      entry.createTokenClient({
        tokenEndpoint: the.tokenEndpoint,
        clientId: the.clientId,
        clientSecret: the.clientSecret,
      })
    const refusal = { name: 'TypeError', message: /could read the client secret/ }
    if (isRefused) assert.throws(make, refusal)
    else assert.equal(make().ready(), false)
  })
}
