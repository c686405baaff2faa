import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeBase64url } from '@mintmark/jwt'
import { entryOf } from '../src/algorithms.ts'
import { parseKeyMaterial, privateMaterialOf, publicMaterialOf } from '../src/key-material.ts'

const { key: rsa } = entryOf('RS256')

/** An odd number of so many bits, all of them ones. */
function ones(bits: number): string {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(0xff)
  bytes[0] = 0xff >> ((8 - (bits % 8)) % 8)
  return encodeBase64url(bytes)
}

const octets = (...bytes: number[]) => encodeBase64url(Uint8Array.from(bytes))

const outcomes: readonly (readonly [string, string, string, string])[] = [
  ['2048 bits', ones(2_048), 'AQAB', 'accepted'],
  ['2047 bits', ones(2_047), 'AQAB', 'modulus_too_short'],
  ['1024 bits', ones(1_024), 'AQAB', 'modulus_too_short'],
  ['8192 bits', ones(8_192), 'AQAB', 'accepted'],
  ['8193 bits', ones(8_193), 'AQAB', 'modulus_too_long'],
  ['no octets', '', 'AQAB', 'key_member_malformed'],
  ['a zero in front', octets(0, ...new Uint8Array(256).fill(0xff)), 'AQAB', 'key_member_malformed'],
  ['the exponent 3', ones(2_048), octets(3), 'accepted'],
  ['the exponent 1', ones(2_048), octets(1), 'key_member_malformed'],
  ['the exponent 1 with a zero in front', ones(2_048), octets(0, 1), 'key_member_malformed'],
  ['the exponent 0', ones(2_048), octets(0), 'key_member_malformed'],
  ['no exponent', ones(2_048), '', 'key_member_malformed'],
  ['an even exponent', ones(2_048), octets(1, 0), 'key_member_malformed'],
  ['an odd exponent ending in 1', ones(2_048), octets(1, 1), 'accepted'],
  ['an exponent of nine octets', ones(2_048), ones(72), 'key_member_malformed'],
]

for (const [what, n, e, expected] of outcomes) {
  test(`${expected === 'accepted' ? 'accepts' : 'refuses'} an RSA key with ${what} [R2]`, () => {
    const material = parseKeyMaterial({ n, e }, rsa.publicMembers)
    assert.equal(material.ok ? 'accepted' : material.violation, expected)
  })
}

test('picks the members of a key by name and leaves the others', () => {
  const { key } = entryOf('EdDSA')
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'X', d: 'D', kid: 'k', use: 'sig' }
  assert.deepEqual(publicMaterialOf(jwk, key), { kty: 'OKP', crv: 'Ed25519', x: 'X' })
  assert.deepEqual(privateMaterialOf(jwk, key), { kty: 'OKP', crv: 'Ed25519', x: 'X', d: 'D' })
})
