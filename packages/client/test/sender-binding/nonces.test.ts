import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { binding, proven, token, url } from './some-binding.ts'

test('sends each origin its own last nonce and no other one [C13]', async () => {
  const bound = binding()
  const nonceFor = async (origin: string) => {
    const proof = await bound.prove({ method: 'GET', url: new URL('/x', origin), token })
    return (await proven(proof)).payload.nonce
  }
  assert.equal(bound.learnNonce(new URL('https://a.example/1'), 'first'), true)
  assert.equal(bound.learnNonce(new URL('https://a.example/2?x'), 'second'), true)
  assert.equal(bound.learnNonce(new URL('https://a.example:8443/'), 'port'), true)
  assert.equal(bound.learnNonce(new URL('https://a.example/2?x'), 'second'), true)
  assert.equal(await nonceFor('https://a.example'), 'second')
  assert.equal(await nonceFor('https://a.example:8443'), 'port')
  assert.equal(await nonceFor('http://a.example'), undefined)
  assert.equal(await nonceFor('https://b.example'), undefined)
})

test('ignores what is no nonce, and keeps the one it has [C13]', async () => {
  const bound = binding()
  bound.learnNonce(url, 'good')
  const hostile = [
    ...[null, '', ' ', 'a b', 'a, b', 'a"b', 'a\\b', 'a\tb', 'a\r\nx: y', 'a\0', '\x7f', 'é', '€'],
    'a'.repeat(513),
  ]
  for (const nonce of hostile) assert.equal(bound.learnNonce(url, nonce), false, inspect(nonce))
  const { payload } = await proven(await bound.prove({ method: 'GET', url, token }))
  assert.equal(payload.nonce, 'good')
  const longest = `!#[]~${'a'.repeat(507)}`
  assert.equal(bound.learnNonce(url, longest), true)
  const next = await proven(await bound.prove({ method: 'GET', url, token }))
  assert.equal(next.payload.nonce, longest)
})

test('remembers the nonces of the last 256 origins [C13]', async () => {
  const bound = binding()
  const origin = (number: number) => new URL(`https://h${number}.example`)
  for (let number = 0; number < 257; number += 1) bound.learnNonce(origin(number), `n${number}`)
  const kept = [0, 1, 256].map(async (number) => {
    const proof = await bound.prove({ method: 'GET', url: origin(number), token })
    return (await proven(proof)).payload.nonce
  })
  assert.deepEqual(await Promise.all(kept), [undefined, 'n1', 'n256'])
})
