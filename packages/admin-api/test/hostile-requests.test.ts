import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { the } from '@mintmark/testkit'
import fc from 'fast-check'
import { type AdminWorld, adminWorld } from './admin-world.ts'

const rows: readonly {
  readonly title: string
  readonly method?: string
  readonly path?: string
  readonly body?: string
  readonly type?: string
  readonly status: number
  readonly code: string
}[] = [
  { title: 'no JSON', body: '{', status: 400, code: 'body_malformed' },
  { title: 'an empty body', body: '', status: 400, code: 'body_malformed' },
  { title: 'a list', body: '[]', status: 400, code: 'request_malformed' },
  { title: 'nothing in it', body: '{}', status: 400, code: 'request_malformed' },
  {
    title: 'a member that is not known',
    body: '{"id":"a","scope":"b","owner":"hidden"}',
    status: 400,
    code: 'request_malformed',
  },
  {
    title: '__proto__',
    body: '{"id":"a","scope":"b","__proto__":{"disabled":true}}',
    status: 400,
    code: 'body_malformed',
  },
  {
    title: 'a setting that is not known',
    body: '{"id":"a","scope":"b","settings":{"hidden":1}}',
    status: 400,
    code: 'request_malformed',
  },
  {
    title: 'a member of another type',
    body: '{"id":1,"scope":"b"}',
    status: 400,
    code: 'request_malformed',
  },
  {
    title: 'a form',
    body: 'id=a',
    type: 'application/x-www-form-urlencoded',
    status: 415,
    code: 'media_type_not_supported',
  },
  {
    title: 'a body over 128 KiB',
    body: `{"id":"${'a'.repeat(140_000)}"}`,
    status: 413,
    code: 'body_too_large',
  },
  {
    title: 'a client that cannot be registered',
    body: '{"id":"a b","scope":"x"}',
    status: 422,
    code: 'client_id_malformed',
  },
  {
    title: 'a scope that nobody owns',
    body: '{"id":"a","scope":"x"}',
    status: 422,
    code: 'scope_unknown',
  },
  {
    title: 'a client that exists',
    body: '{"id":"mintmark-admin","scope":"admin:read"}',
    status: 409,
    code: 'client_exists',
  },
  {
    title: 'an unknown client',
    method: 'GET',
    path: '/admin/v1/clients/nobody',
    status: 404,
    code: 'not_found',
  },
  {
    title: 'a change of an unknown client',
    method: 'POST',
    path: '/admin/v1/clients/nobody/disable',
    status: 404,
    code: 'client_unknown',
  },
  {
    title: 'an operation that does not exist',
    method: 'GET',
    path: '/admin/v1/nothing',
    status: 404,
    code: 'operation_unknown',
  },
  {
    title: 'a method that does not exist',
    method: 'PUT',
    path: '/admin/v1/clients',
    body: '{}',
    status: 404,
    code: 'operation_unknown',
  },
  {
    title: 'a page of no size',
    method: 'GET',
    path: '/admin/v1/clients?limit=0',
    status: 400,
    code: 'request_malformed',
  },
  {
    title: 'a query that is not known',
    method: 'GET',
    path: '/admin/v1/clients?hidden=1',
    status: 400,
    code: 'request_malformed',
  },
  {
    title: 'a path that is no text',
    method: 'GET',
    path: '/admin/v1/clients/%ff',
    status: 400,
    code: 'request_malformed',
  },
  {
    title: 'a reference of somebody else',
    method: 'GET',
    path: '/admin/v1/refusals/urn:mintmark:refusal:abc',
    status: 404,
    code: 'not_found',
  },
]

describe('the admin API, asked for nonsense', () => {
  // One for all rows, because none of them may leave anything behind.
  let shared: AdminWorld
  before(async () => {
    shared = await adminWorld()
  })
  after(() => shared[Symbol.asyncDispose]())

  for (const {
    title,
    method = 'POST',
    path = '/admin/v1/clients',
    body,
    type,
    status,
    code,
  } of rows) {
    it(`answers ${title} with ${status} ${code} [A13]`, async () => {
      const response = await shared.get(path, {
        method,
        headers: {
          authorization: `Bearer ${await shared.token()}`,
          ...(body !== undefined && { 'content-type': type ?? 'application/json' }),
        },
        ...(body !== undefined && { body }),
      })
      const text = await response.text()
      assert.equal(response.status, status, text)
      assert.equal(response.headers.get('content-type'), 'application/problem+json')
      assert.equal(response.headers.get('cache-control'), 'no-store')
      assert.equal(JSON.parse(text).code, code)
      assert.equal(JSON.parse(text).type, `urn:mintmark:problem:${code}`)
      assert.ok(!text.includes('hidden'))
    })
  }

  it('answers whatever body with 2xx or 4xx, and goes on working', async () => {
    await using world = await adminWorld()
    const authorization = `Bearer ${await world.token()}`
    const headers = { authorization, 'content-type': 'application/json' }
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (body) => {
        for (const path of ['/clients', '/resources', '/tokens/introspect', '/keys/rotate']) {
          const response = await world.get(`/admin/v1${path}`, { method: 'POST', headers, body })
          assert.ok(response.status < 500, `${path} ${response.status}`)
          await response.text()
        }
      }),
      { numRuns: 50 },
    )
    assert.equal((await world.call('GET', '/admin/v1/status')).status, 200)
  })

  it('gives nobody on another origin a way in: there is no CORS header [A13]', async () => {
    await using world = await adminWorld()
    const response = await world.get('/admin/v1/status', {
      method: 'OPTIONS',
      headers: { origin: the.audience, 'access-control-request-method': 'GET' },
    })
    assert.equal(response.status, 404)
    for (const name of response.headers.keys()) assert.doesNotMatch(name, /^access-control-/)
  })
})
