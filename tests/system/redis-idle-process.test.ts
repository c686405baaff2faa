import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startLoopbackServer, startRedisServer } from '@mintmark/testkit'

const execute = promisify(execFile)
const program = join(import.meta.dirname, 'redis-idle-process.ts')

for (const library of ['ioredis', 'node-redis']) {
  test(`a process that closed its ${library} connection exits by itself [C15]`, async (t) => {
    const redis = await startRedisServer()
    const answer = {
      access_token: 'token-of-an-idle-process',
      token_type: 'Bearer',
      expires_in: 3_600,
    }
    const server = await startLoopbackServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
    t.after(() => Promise.all([redis.stop(), server.close()]))
    const parameters = ['--conditions=source', program, library, String(redis.port)]
    const { stdout, stderr } = await execute(
      process.execPath,
      [...parameters, `${server.origin}/token`],
      { timeout: 20_000 },
    )
    assert.match(stdout, /^[0-9a-f]{16}$/)
    assert.equal(stderr, '')
  })
}
