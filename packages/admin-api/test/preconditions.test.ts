import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { the } from '@mintmark/testkit'
import { createHttpAdministration } from '../src/remote.ts'
import { type AdminWorld, adminWorld } from './admin-world.ts'

const resourcePath = `/admin/v1/resources/${encodeURIComponent(the.audience)}`
const clientPath = '/admin/v1/clients/partner-a'

async function world() {
  const made = await adminWorld()
  await made.server.registry.createResource({ id: the.audience, scope: the.scope })
  await made.server.registry.createClient({ id: 'partner-a', scope: the.scope })
  return made
}

async function send(
  { get, token }: AdminWorld,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<Response> {
  return await get(path, {
    method,
    headers: {
      ...headers,
      authorization: `Bearer ${await token()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

describe('a change with If-Match', () => {
  for (const [what, path, patch] of [
    ['client', clientPath, { settings: { label: 'A' } }],
    ['resource', resourcePath, { settings: { label: 'A' } }],
  ] as const) {
    it(`is made of a ${what} that is still as it was read, and otherwise answered 412 [A13]`, async () => {
      await using made = await world()
      const read = await send(made, 'GET', path)
      const tag = read.headers.get('etag') ?? ''
      const { version } = (await read.json()) as { readonly version: string }
      assert.equal(tag, `"${version}"`)
      const changed = await send(made, 'PATCH', path, { 'if-match': tag }, patch)
      assert.equal(changed.status, 200)
      const next = changed.headers.get('etag') ?? ''
      assert.notEqual(next, tag)
      for (const [method, ...body] of [['PATCH', patch], ['DELETE']] as const) {
        for (const condition of [tag, `W/${next}`, '"x", "y"']) {
          const refused = await send(made, method, path, { 'if-match': condition }, ...body)
          assert.equal(refused.status, 412)
          const problem = (await refused.json()) as Record<string, unknown>
          assert.equal(problem.code, 'version_outdated')
          assert.match(refused.headers.get('content-type') ?? '', /problem\+json/)
        }
      }
      assert.equal((await send(made, 'GET', path)).headers.get('etag'), next)
      const several = { 'if-match': `"x", ${next}` }
      assert.equal((await send(made, 'PATCH', path, several, { settings: {} })).status, 200)
      assert.equal((await send(made, 'PATCH', path, { 'if-match': '*' }, patch)).status, 200)
      const last = { 'if-match': (await send(made, 'GET', path)).headers.get('etag') ?? '' }
      const query = what === 'resource' ? '?cascade=true' : ''
      assert.equal((await send(made, 'DELETE', path + query, last)).status, 200)
    })
  }

  it('is no change at all when the field is no list of entity tags, and 404 for what is not there', async () => {
    await using made = await world()
    const before = (await send(made, 'GET', clientPath)).headers.get('etag')
    const headers = { 'if-match': 'partner-a' }
    const refused = await send(made, 'PATCH', clientPath, headers, { settings: { label: 'A' } })
    assert.equal(refused.status, 400)
    assert.match(await refused.text(), /request_malformed.*\/headers\/if-match/)
    assert.equal((await send(made, 'GET', clientPath)).headers.get('etag'), before)
    const missing = await send(made, 'DELETE', '/admin/v1/clients/nobody', { 'if-match': '"x"' })
    assert.equal(missing.status, 404)
  })
})

describe('a look with If-None-Match', () => {
  it('is answered 304 by the version that the caller has [A13]', async () => {
    await using made = await world()
    const tag = (await send(made, 'GET', clientPath)).headers.get('etag') ?? ''
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const response = await send(made, 'GET', clientPath, { 'if-none-match': known })
      assert.deepEqual([response.status, await response.text()], [304, ''])
      assert.equal(response.headers.get('etag'), tag)
    }
    const other = await send(made, 'GET', clientPath, { 'if-none-match': '"x"' })
    assert.equal(other.status, 200)
    const wrong = await send(made, 'GET', clientPath, { 'if-none-match': 'x' })
    assert.equal(wrong.status, 400)
  })
})

describe('administration over HTTP', () => {
  it('changes and deletes for one version only, when that is asked for [A13]', async () => {
    await using made = await world()
    const token = await made.token()
    const { registry } = createHttpAdministration({
      ...{ url: made.origin, transport: systemTransport, token: async () => token },
    })
    const client = await registry.client('partner-a')
    const resource = await registry.resource(the.audience)
    assert.ok(client && resource)
    const patch = { settings: { label: 'A' } }
    const updated = await registry.updateClient('partner-a', patch, { ifVersion: client.version })
    assert.ok(updated.ok)
    for (const ifVersion of [client.version, [], 'x"\r\n: y', ['x', client.version]]) {
      for (const result of [
        await registry.updateClient('partner-a', patch, { ifVersion }),
        await registry.deleteClient('partner-a', { ifVersion }),
        await registry.updateResource(the.audience, patch, { ifVersion }),
        await registry.deleteResource(the.audience, { ifVersion, cascade: true }),
      ]) {
        assert.equal(!result.ok && result.violation, 'version_outdated')
      }
    }
    const { version } = updated.value
    assert.ok((await registry.deleteClient('partner-a', { ifVersion: ['x', version] })).ok)
    const gone = await registry.deleteResource(the.audience, { ifVersion: resource.version })
    assert.ok(gone.ok)
  })
})
