/** Where a request of undici goes, read from its options. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answeredUrl, originOf, urlOf } from '../../src/adapters/undici/dispatched-request.ts'

test('reads the URL out of origin and path, however they are given [C12]', () => {
  const cases: readonly (readonly [origin: string | URL | undefined, path: string, url: string])[] =
    [
      ['https://api.example', '/orders?page=2', 'https://api.example/orders?page=2'],
      ['https://api.example/', '/orders', 'https://api.example/orders'],
      [new URL('https://api.example/base'), '/orders', 'https://api.example/orders'],
      // Two slashes are a path here, and no other host.
      ['https://api.example', '//other.example/x', 'https://api.example//other.example/x'],
      // What goes to a proxy in the absolute form goes to the proxy.
      ['http://proxy.example', 'http://api.example/x', 'http://proxy.example'],
      ['https://api.example', '*', 'https://api.example'],
      [undefined, '/orders', '/orders'],
    ]
  for (const [origin, path, url] of cases) {
    assert.equal(urlOf({ origin, path, method: 'GET' }), url)
  }
})

test('reads the origin alone, and nothing where there is none [C12]', () => {
  const originIn = (origin?: string | URL) => originOf({ origin, path: '/', method: 'GET' })
  assert.equal(originIn('https://api.example'), 'https://api.example')
  assert.equal(originIn(new URL('https://api.example/base')), 'https://api.example')
  assert.equal(originIn(), '')
})

test('takes the last stop of a redirect for the URL that answered [C6]', () => {
  const history = [new URL('https://api.example/a'), new URL('https://other.example/b')]
  assert.equal(answeredUrl({ history }), 'https://other.example/b')
  for (const context of [
    undefined,
    null,
    {},
    { history: [] },
    { history: 'x' },
    { history: ['y'] },
  ]) {
    assert.equal(answeredUrl(context), undefined)
  }
})
