import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redact } from '@mintmark/protocol'
import { the } from '@mintmark/testkit'
import { bootstrapClientId } from '../src/index.ts'
import { type Operation, operations } from '../src/wire/operations.ts'
import { type AdminWorld, adminWorld } from './admin-world.ts'

const everyOperation = Object.entries(operations as Readonly<Record<string, Operation>>)

describe('the admin API', () => {
  it('runs no operation without an access token, with one for another API, or with nonsense [A13]', async () => {
    await using world = await adminWorld()
    const foreign = await foreignToken(world)
    for (const [name, { method, path }] of everyOperation) {
      for (const authorization of [undefined, 'Bearer x.y.z', `Bearer ${foreign}`, 'Basic eDp5']) {
        const response = await world.get(pathOf(path), {
          method,
          headers: { ...(authorization !== undefined && { authorization }) },
        })
        assert.equal(response.status, 401, `${name} ${authorization?.slice(0, 8)}`)
        assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer realm="admin"/)
        assert.equal(response.headers.get('cache-control'), 'no-store')
      }
    }
    assert.equal((await world.server.registry.clients()).length, 2)
  })

  it('wants admin:write for every change and admin:read for everything else [A13]', async () => {
    await using world = await adminWorld()
    const reader = await world.token('admin:read')
    const writer = await world.token('admin:write')
    for (const [name, { method, path, scope }] of everyOperation) {
      const token = scope === 'admin:read' ? writer : reader
      const response = await world.get(pathOf(path), {
        method,
        headers: { authorization: `Bearer ${token}` },
      })
      assert.equal(response.status, 403, name)
      assert.match(response.headers.get('www-authenticate') ?? '', new RegExp(`scope="${scope}"`))
    }
  })

  it('does not take a revoked token, nor one of a client that was disabled or deleted [A9] [A13]', async () => {
    await using world = await adminWorld()
    const statusWith = async (token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` }
      return (await world.get('/admin/v1/status', { headers })).status
    }
    const own = world.server.administration({ actor: 'test', via: 'library' })
    const revoked = await world.token()
    assert.equal(await statusWith(revoked), 200)
    assert.equal(await own.tokens.revokeToken(redact('access token', revoked)), true)
    assert.equal(await statusWith(revoked), 401)
    const disabled = await world.token()
    assert.equal(await statusWith(disabled), 200)
    await own.registry.setClientDisabled(bootstrapClientId, true)
    assert.equal(await statusWith(disabled), 401)
    await own.registry.deleteClient(bootstrapClientId)
    assert.equal(await statusWith(disabled), 401)
  })

  it('writes the calling client into the audit trail [A13]', async () => {
    await using world = await adminWorld()
    await world.call('POST', '/admin/v1/resources', { id: the.audience, scope: the.scope })
    const [record] = (await world.server
      .administration({ actor: 'test', via: 'library' })
      .audit.auditRecords()
      .then((records) => records.slice(-1))) as readonly [{ actor: string; via: string }]
    assert.deepEqual([record.actor, record.via], [`client:${bootstrapClientId}`, 'admin_api'])
  })

  it('takes an expired token no longer', async () => {
    await using world = await adminWorld()
    assert.equal((await world.call('GET', '/admin/v1/status')).status, 200)
    await world.clock.advance(3_600_000)
    assert.equal((await world.call('GET', '/admin/v1/status')).status, 401)
  })
})

function pathOf(path: string): string {
  return `/admin/v1${path.replace(/:\w+/g, 'x')}`
}

/** A token of the same server for somebody else's API. */
async function foreignToken(world: AdminWorld): Promise<string> {
  const { registry } = world.server
  await registry.createResource({ id: the.audience, scope: 'admin:everything' })
  const created = await registry.createClient({ id: 'other', scope: 'admin:everything' })
  const secret = created.ok ? created.value.clientSecret?.reveal() : undefined
  return await world.token(undefined, 'other', secret)
}
