import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sumOfReports } from '@mintmark/authorization-server'
import { createAdminApi, listenAdmin } from '../src/index.ts'
import { adminWorld } from './admin-world.ts'

describe('the admin port', () => {
  const rows: readonly (readonly [method: string, target: string, status: number])[] = [
    ['GET', '/health/live', 200],
    ['HEAD', '/health/live', 200],
    ['GET', '/health/ready', 200],
    ['GET', '/health/ready?verbose', 200],
    ['HEAD', '/metrics', 200],
    ['POST', '/health/ready', 405],
    ['DELETE', '/health/live', 405],
    ['POST', '/metrics', 405],
    ['GET', '/', 404],
    ['GET', '/health', 404],
    ['GET', '/health/ready/', 404],
    ['GET', '/oauth/token', 404],
    ['POST', '/constructor', 404],
  ]
  for (const [method, target, status] of rows) {
    it(`answers ${method} ${target} with ${status} [A13]`, async () => {
      await using world = await adminWorld()
      const response = await world.get(target, { method })
      assert.equal(response.status, status)
      assert.equal(response.headers.get('cache-control'), 'no-store')
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      assert.equal(response.headers.get('access-control-allow-origin'), null)
      if (method === 'HEAD') assert.equal(await response.text(), '')
    })
  }

  it('is not ready while the process stops', async () => {
    await using world = await adminWorld({ isServing: () => false })
    const response = await world.get('/health/ready')
    assert.equal(response.status, 503)
    assert.deepEqual(await response.json(), {
      ready: false,
      reason: 'not_serving',
      stale_seconds: 0,
    })
    assert.equal((await world.get('/health/live')).status, 200)
  })

  it('is not ready when the database has been away for longer than the grace [A12] [A13]', async () => {
    await using world = await adminWorld()
    const report = world.server.report()
    for (const [staleSeconds, status] of [
      [60, 200],
      [61, 503],
    ] as const) {
      const registry = { ...report.registry, staleSeconds }
      await using stale = await adminWorld({
        staleGraceSeconds: 60,
        report: () => ({ ...sumOfReports([report]), registry }),
      })
      const response = await stale.get('/health/ready')
      assert.equal(response.status, status)
      assert.match(await response.text(), new RegExp(`"stale_seconds":${staleSeconds}}`))
    }
  })

  it('says what broke to nobody', async () => {
    await using world = await adminWorld({
      report: () => {
        throw new Error('a secret')
      },
    })
    const response = await world.get('/metrics')
    assert.equal(response.status, 500)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.deepEqual(await response.json(), {
      type: 'about:blank',
      title: 'something broke',
      status: 500,
    })
  })

  it('says which port is taken', async () => {
    await using world = await adminWorld()
    const port = Number(new URL(world.origin).port)
    const api = createAdminApi({ server: world.server })
    await assert.rejects(listenAdmin(api, { host: '127.0.0.1', port }), {
      name: 'ListenError',
      code: 'port_in_use',
      port,
    })
  })

  it('refuses options that are not known or out of range', async () => {
    await using world = await adminWorld()
    const { server } = world
    assert.throws(() => createAdminApi({ server, graceSeconds: 1 } as never), /graceSeconds/)
    assert.throws(() => createAdminApi({ server, staleGraceSeconds: -1 }), RangeError)
  })
})
