/**
 * The client where there is nothing of Node: bundled as for Workers, and run in a realm that has the globals of the web
 * platform and no others (requirement C15).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, Script } from 'node:vm'
import { sleep, systemClock } from '@mintmark/runtime'
import { the } from '@mintmark/testkit'
import { build } from 'esbuild'
import { startPartnerWorld } from './partner-world.ts'

const packages = ['@mintmark/client', '@mintmark/jwt', '@mintmark/protocol', '@mintmark/runtime']

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
