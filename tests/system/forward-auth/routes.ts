/** Ways to write a path that takes a scope so that another route is chosen for it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { proxyWorld, type ShippedProxy } from './shipped-proxy.ts'

/** All of them are `/decisions/1` for programs that decode a path, merge slashes or resolve dots. */
const detours = [
  ...[
    '//decisions/1',
    '/decisions//1',
    '/./decisions/1',
    '/a/../decisions/1',
    '/a/..//decisions/1',
  ],
  ...['/%64ecisions/1', '/decisions%2f1', '/%2fdecisions/1', '/a/%2e%2e/decisions/1'],
  ...['/a/.%2e/decisions/1', '/a%2f..%2fdecisions/1', '/applications/../decisions/1'],
  ...['/applications/%2e%2e/decisions/1', '/applications%2f..%2fdecisions/1'],
  ...['/public/../decisions/1', '/public/%2e%2e/decisions/1', '/public/..%2fdecisions/1'],
]

/** Declares the tests. */
export function routeTests(proxy: ShippedProxy): void {
  it('takes the scope of a path however it is written [R8]', async (t) => {
    const { api, ask, bearer } = await proxyWorld(t, proxy)
    const other = await bearer('applications:write')
    for (const path of detours) {
      const { status } = await ask(`GET ${path}`, other)
      assert(status >= 400 && status < 500, `${path}: ${status}`)
      assert.deepEqual(api.requests, [], path)
    }
    const good = await bearer('decisions:read')
    assert.equal((await ask('GET /decisions/1', good)).status, 200)
  })

  it('asks for no less when a client names scopes in its path or query [R8]', async (t) => {
    const { api, ask, bearer } = await proxyWorld(t, proxy)
    const other = await bearer('applications:write')
    for (const path of [
      ...[
        '/decisions/1?scope=applications:write',
        '/decisions/1/check?scope=',
        '/decisions/?scope',
      ],
      ...['/decisions/check/scope=/a', '/decisions/1#?scope=', '/decisions/../decisions/1?a'],
    ]) {
      const { status } = await ask(`GET ${path}`, other)
      assert(status === 403 || status === 400, `${path}: ${status}`)
    }
    assert.deepEqual(api.requests, [])
  })
}
