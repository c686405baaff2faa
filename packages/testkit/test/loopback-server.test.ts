import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { startLoopbackServer } from '../src/index.ts'

describe('startLoopbackServer', () => {
  it('serves real HTTP on a free port of 127.0.0.1', async () => {
    const server = await startLoopbackServer((request, response) => response.end(request.url))
    try {
      assert.match(server.origin, /^http:\/\/127\.0\.0\.1:\d+$/)
      const response = await systemTransport(`${server.origin}/path?q=1`)
      assert.equal(await response.text(), '/path?q=1')
    } finally {
      await server.close()
    }
  })

  it('cuts an unanswered connection when it closes, and is closed only once', async () => {
    let arrive = (): void => undefined
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const server = await startLoopbackServer(() => arrive())
    const pending = assert.rejects(systemTransport(server.origin), TypeError)
    await arrived
    await server.close()
    await server.close()
    await pending
    await assert.rejects(systemTransport(server.origin), TypeError)
  })
})
