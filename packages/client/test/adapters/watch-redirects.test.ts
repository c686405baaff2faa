/** What is left out on the way from URL to URL. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchRedirects } from '../../src/adapters/axios/watch-redirects.ts'

const url = 'https://api.example/orders'

function headersAfter(href: string): readonly string[] {
  const headers = { Authorization: 'Bearer 1', dPoP: 'proof', Accept: '*/*' }
  watchRedirects(url, {}).beforeRedirect({ href, headers })
  return Object.keys(headers)
}

test('keeps the token within the origin, and leaves it out elsewhere [C12]', () => {
  assert.deepEqual(headersAfter('https://api.example/v2'), ['Authorization', 'dPoP', 'Accept'])
  const elsewhere = [
    'http://api.example/orders',
    'https://api.example:8443/orders',
    'https://evil.api.example/orders',
    'https://api.example.evil/orders',
    'no URL',
  ]
  for (const href of elsewhere) assert.deepEqual(headersAfter(href), ['Accept'], href)
})

test('tells where the last redirect led, and calls the function of the caller [C14]', () => {
  const calls: unknown[] = []
  const watch = watchRedirects(url, { beforeRedirect: (...given: unknown[]) => calls.push(given) })
  assert.equal(watch.lastUrl(), undefined)
  const next = { href: 'https://api.example/v2' }
  watch.beforeRedirect(next, 'response', 'request')
  assert.equal(watch.lastUrl(), next.href)
  assert.deepEqual(calls, [[next, 'response', 'request']])
})
