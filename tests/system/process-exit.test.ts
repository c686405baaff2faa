/** A client never keeps a process from exiting, and costs nothing before it is made (requirement C15). */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { jsonResponse, some, startLoopbackServer, the } from '@mintmark/testkit'

const execute = promisify(execFile)

/** Runs a program; rejects when it has not ended by itself after twenty seconds. */
async function outputOf(program: string, ...args: readonly string[]): Promise<string> {
  const flags = ['--conditions=source', '--input-type=module', '--eval', program]
  const options = { cwd: import.meta.dirname, timeout: 20_000 }
  const { stdout, stderr } = await execute(process.execPath, [...flags, ...args], options)
  assert.equal(stderr, '')
  return stdout
}

async function startTokenEndpoint(context: TestContext): Promise<string> {
  const server = await startLoopbackServer(async (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(await jsonResponse(some.tokenResponse()).text())
  })
  context.after(() => server.close())
  return `${server.origin}/token`
}

const clients = `
  import { createTokenClient } from '@mintmark/client'
  const [tokenEndpoint] = process.argv.slice(1)
  const options = { tokenEndpoint, clientId: 'a', clientSecret: '${the.clientSecret}' }`

test('a process with warm clients ends by itself, kept warm or not [C15]', async (context) => {
  const tokenEndpoint = await startTokenEndpoint(context)
  const program = `${clients}
    const made = [createTokenClient(options), createTokenClient({ ...options, keepWarm: true })]
    await Promise.all(made.map((client) => client.warm()))
    console.log(made.map((client) => client.ready()).join())`
  assert.equal(await outputOf(program, tokenEndpoint), 'true,true\n')
})

test('a process ends by itself while its client pauses between attempts [C7] [C15]', async () => {
  const program = `${clients}
    const client = createTokenClient({ ...options, keepWarm: true })
    console.log(await client.token().catch(({ code }) => code))`
  assert.equal(await outputOf(program, 'http://127.0.0.1:9/token'), 'network_failed\n')
})

test('loading any part of the client starts nothing: no timer, no handle, no output [C15]', async () => {
  const manifest = join(import.meta.dirname, '../../packages/client/package.json')
  const { exports }: { exports: object } = JSON.parse(readFileSync(manifest, 'utf8'))
  const parts = Object.keys(exports).filter((subpath) => !subpath.endsWith('.json'))
  const program = `
    let timers = 0
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) {
      const original = globalThis[name]
      globalThis[name] = (...args) => {
        timers += 1
        return original(...args)
      }
    }
    for (const part of process.argv.slice(1)) await import('@mintmark/client' + part.slice(1))
    // Whatever looks at standard output opens it.
    const resources = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
    console.log(timers, resources.length)`
  assert.equal(await outputOf(program, ...parts), '0 0\n')
})
