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

/** Ways out of the path for everybody, for programs that read semicolons and backslashes in their own ways. */
const ways = [
  ...[
    '/public/..',
    '/public/%2e%2e',
    '/public/.%2E',
    '/public/a/../..',
    '/public/...',
    '/public/.',
  ],
  ...['/public/..;/decisions/1', '/public/..;a=b/decisions/1', '/public/%2e%2e;/decisions/1'],
  ...['/public/..%3b/decisions/1', '/public/;/../decisions/1', '/public/.;/../decisions/1'],
  ...[
    '/public/\\..\\..\\decisions/1',
    '/public/a\\..\\..\\decisions/1',
    '/public/\\../decisions/1',
  ],
  ...['/public/%5c..%5c..%5cdecisions/1', '/public/a%5c..%5c..%5cdecisions/1'],
]

/** What an API may read a target as: decoded, without parameters of steps, with dots resolved. */
export function readByApi(target: string): string {
  let path = target.split('?', 1)[0] ?? ''
  try {
    path = decodeURIComponent(path)
  } catch {
    // As it stands.
  }
  const steps = path
    .replaceAll('\\', '/')
    .replaceAll(/;[^/]*/g, '')
    .replaceAll(/\/+/g, '/')
  return new URL(`http://a${steps}`).pathname
}

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

  it('lets nobody without a token out of the path for everybody [R8]', async (t) => {
    const { api, ask } = await proxyWorld(t, proxy)
    for (const path of ways) {
      api.requests.length = 0
      const { status } = await ask(`GET ${path}`)
      const read = api.requests.map(({ target }) => readByApi(target))
      assert(
        read.every((each) => each.startsWith('/public/')),
        `${path}: ${status}, ${read}`,
      )
    }
    assert.equal((await ask('GET /public/a;b/..c')).status, 200)
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
