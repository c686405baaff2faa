import assert from 'node:assert/strict'
import { test } from 'node:test'
import { originPolicy } from '../src/origin-policy.ts'

const url = (text: string) => new URL(text)

test('allows the listed origins and no other [C12]', () => {
  const allows = originPolicy({
    allowedOrigins: new Set(['https://api.example', 'http://127.0.0.1:8080']),
    resources: ['https://elsewhere.example'],
  })
  const rows: readonly [text: string, allowed: boolean][] = [
    ['https://api.example/a', true],
    ['https://API.example:443/a?b', true],
    ['http://127.0.0.1:8080/a', true],
    ['http://api.example/a', false],
    ['https://api.example:8443/a', false],
    ['https://api.example.evil.example/', false],
    ['https://evil.example/https://api.example', false],
    ['https://elsewhere.example/', false],
    ['http://127.0.0.1:8081/', false],
  ]
  for (const [text, allowed] of rows) assert.equal(allows(url(text)), allowed, text)
})

test('allows nothing when nothing is listed [C12]', () => {
  const allows = originPolicy({ allowedOrigins: new Set(), resources: ['https://api.example'] })
  assert.equal(allows(url('https://api.example')), false)
})

test('allows the origins of the resources when no list is given [C12]', () => {
  const resources = ['https://api.example/orders', 'urn:example:orders', 'HTTPS://two.example']
  const allows = originPolicy({ allowedOrigins: undefined, resources })
  assert.equal(allows(url('https://api.example/other')), true)
  assert.equal(allows(url('https://two.example/')), true)
  assert.equal(allows(url('https://three.example/')), false)
})

test('never allows a token in the clear, not even to a listed origin or a resource [C12]', () => {
  const resources = ['http://api.example']
  const clear = url('http://api.example/a')
  assert.equal(originPolicy({ allowedOrigins: undefined, resources })(clear), false)
  const allowedOrigins = new Set(['http://api.example'])
  assert.equal(originPolicy({ allowedOrigins, resources: [] })(clear), false)
  assert.equal(originPolicy({ allowedOrigins: undefined, resources: [] })(clear), false)
})

test('allows one loopback origin beside the resources, since development has no others [C12]', () => {
  const resources = ['https://api.example']
  const allows = originPolicy({ allowedOrigins: undefined, resources })
  assert.equal(allows(url('http://127.0.0.1:8080/a')), true)
  assert.equal(allows(url('https://api.example/a')), true)
  assert.equal(allows(url('http://127.0.0.1:8081/a')), false)
  assert.equal(allows(url('http://localhost:8080/a')), false)
  assert.equal(allows(url('http://127.0.0.1:8080/b')), true)
  assert.equal(allows(url('http://192.168.0.1:8080/a')), false)
})

test('allows no loopback origin beside one that a resource names [C12]', () => {
  const resources = ['http://127.0.0.1:8080', 'https://api.example']
  const allows = originPolicy({ allowedOrigins: undefined, resources })
  assert.equal(allows(url('http://127.0.0.1:8081/a')), false)
  assert.equal(allows(url('http://127.0.0.1:8080/a')), true)
})

test('binds to the first origin when there is neither a list nor a resource URL [C12]', () => {
  const allows = originPolicy({ allowedOrigins: undefined, resources: ['urn:example:orders'] })
  assert.equal(allows(url('http://api.example/')), false)
  assert.equal(allows(url('https://api.example/a')), true)
  assert.equal(allows(url('https://other.example/a')), false)
  assert.equal(allows(url('https://api.example/b')), true)
})
