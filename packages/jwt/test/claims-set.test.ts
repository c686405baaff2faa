import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClaims } from '@mintmark/jwt'
import fc from 'fast-check'

const octets = (text: string) => new TextEncoder().encode(text)

const refusals: readonly (readonly [string, Uint8Array, string])[] = [
  ['octets that are not UTF-8', Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d), 'not_utf8'],
  ['UTF-8 longer than needed', Uint8Array.of(0x22, 0xc0, 0xa2, 0x22), 'not_utf8'],
  ['an encoded surrogate', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'not_utf8'],
  ['a byte order mark', octets('\ufeff{}'), 'not_json'],
  ['no octets', octets(''), 'not_json'],
  ['an array', octets('[]'), 'not_an_object'],
  ['a string', octets('"claims"'), 'not_an_object'],
  ['null', octets('null'), 'not_an_object'],
  ['two audiences', octets('{"aud":"evil","aud":"x"}'), 'duplicate_member'],
  ['two audiences, one escaped', octets('{"a\\u0075d":"evil","aud":"x"}'), 'duplicate_member'],
  ['a duplicate inside', octets('{"cnf":{"jkt":"a","jkt":"b"}}'), 'duplicate_member'],
  ['5000 levels', octets(`{"a":${'['.repeat(5_000)}`), 'too_deep'],
  ['17 levels', octets(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`), 'too_deep'],
  ['more than 8 KiB', octets(JSON.stringify({ a: 'x'.repeat(8_192) })), 'too_long'],
]

for (const [what, payload, violation] of refusals) {
  test(`refuses a payload with ${what} [R1]`, () => {
    const claims = parseClaims(payload)
    assert.deepEqual(claims, { ok: false, violation })
  })
}

test('reads claims beyond ASCII', () => {
  const claims = parseClaims(octets('{"name":"café €"}'))
  assert.deepEqual(claims.ok && claims.value, { name: 'café €' })
})

test('keeps a claim called __proto__ away from the prototype', () => {
  const claims = parseClaims(octets('{"__proto__":{"aud":"x"}}'))
  assert.ok(claims.ok)
  assert.equal(claims.value.aud, undefined)
})

test('never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (payload) => {
      parseClaims(payload)
    }),
  )
})
