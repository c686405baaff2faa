import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { some, startLoopbackServer } from '@mintmark/testkit'

test('lets a process with a live client end by itself [C15]', { timeout: 60_000 }, async (t) => {
  const issuer = await startLoopbackServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(some.tokenResponse())
  })
  const api = await startLoopbackServer((_request, response) => void response.end('ok'))
  t.after(() => Promise.all([issuer.close(), api.close()]))
  const program = fileURLToPath(new URL('./live-client.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--conditions=source', program, `${issuer.origin}/token`, api.origin],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [exitCode] = await once(child, 'close')
  assert.deepEqual([exitCode, output], [0, '200 true'])
})
