import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { healthAnswer, startAdminListener } from '../src/admin-listener.ts'

describe('the admin port', () => {
  const rows: readonly (readonly [string, string, boolean, number])[] = [
    ['GET', '/health/live', false, 200],
    ['GET', '/health/live', true, 200],
    ['HEAD', '/health/live', true, 200],
    ['GET', '/health/ready', true, 200],
    ['GET', '/health/ready', false, 503],
    ['GET', '/health/ready?verbose', true, 200],
    ['POST', '/health/ready', true, 405],
    ['DELETE', '/health/live', true, 405],
    ['GET', '/', true, 404],
    ['GET', '/health', true, 404],
    ['GET', '/health/ready/', true, 404],
    ['GET', '/oauth/token', true, 404],
    ['GET', '', true, 404],
    ['POST', '/constructor', true, 404],
  ]
  for (const [method, target, ready, status] of rows) {
    it(`answers ${method} ${target} with ${status} while ready is ${ready}`, () => {
      assert.equal(healthAnswer(method, target, () => ready).status, status)
    })
  }

  it('answers over HTTP with JSON that nobody stores', async () => {
    let ready = true
    const admin = await startAdminListener({ host: '127.0.0.1', port: 0, ready: () => ready })
    try {
      const { systemTransport } = await import('@mintmark/runtime')
      const good = await systemTransport(`${admin.origin}/health/ready`)
      assert.equal(good.headers.get('cache-control'), 'no-store')
      assert.deepEqual(await good.json(), { ready: true })
      ready = false
      const bad = await systemTransport(`${admin.origin}/health/ready`)
      assert.equal(bad.status, 503)
      assert.deepEqual(await bad.json(), { ready: false })
      const head = await systemTransport(`${admin.origin}/health/live`, { method: 'HEAD' })
      assert.equal(head.status, 200)
    } finally {
      await admin.close()
    }
  })

  it('says which port is taken', async () => {
    const first = await startAdminListener({ host: '127.0.0.1', port: 0, ready: () => true })
    try {
      const port = Number(new URL(first.origin).port)
      await assert.rejects(startAdminListener({ host: '127.0.0.1', port, ready: () => true }), {
        name: 'ListenError',
        code: 'port_in_use',
        port,
      })
    } finally {
      await first.close()
    }
  })
})
