import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type PrivateJwk,
  parsePrivateJwk,
  parsePublicJwk,
  publicJwkOf,
  signatureAlgorithms,
} from '@mintmark/jwt'
import type { JsonObject, JsonValue } from '@mintmark/protocol'
import { fixtureKeys } from '@mintmark/testkit'
import fc from 'fast-check'
import { entriesOfJwk } from '../src/jwk.ts'
import { rfc7638, rfc8037A } from './rfc-vectors.ts'

const wire = (jwk: object): JsonObject => JSON.parse(JSON.stringify(jwk))
const publicWire = (alg: (typeof signatureAlgorithms)[number]) =>
  wire(publicJwkOf(fixtureKeys[alg]))

const ec = publicWire('ES256')
const okp = publicWire('EdDSA')
const rsa = publicWire('RS256')

function outcome(value: JsonObject): string {
  const jwk = parsePublicJwk(value)
  return jwk.ok ? 'accepted' : jwk.violation
}

for (const alg of signatureAlgorithms) {
  test(`reads the public half of an ${alg} key, whole and unchanged`, () => {
    const value = publicWire(alg)
    assert.deepEqual(parsePublicJwk(value), { ok: true, value })
  })

  test(`reads an ${alg} private key, and refuses it as a public one`, () => {
    const value = wire(fixtureKeys[alg])
    assert.deepEqual(parsePrivateJwk(value), { ok: true, value })
    assert.equal(outcome(value), 'private_member_present')
  })

  test(`leaves no private member in the public half of an ${alg} key`, () => {
    const names = Object.keys(publicJwkOf(fixtureKeys[alg]))
    const allowed = ['kty', 'crv', 'kid', 'alg', 'use', 'x', 'y', 'n', 'e']
    assert.deepEqual(
      names.filter((name) => !allowed.includes(name)),
      [],
    )
  })
}

test('reads keys printed in RFC 7638 and RFC 8037', () => {
  assert.deepEqual(parsePublicJwk(wire(rfc7638.jwk)), { ok: true, value: wire(rfc7638.jwk) })
  assert.equal(parsePrivateJwk(wire(rfc8037A.jwk)).ok, true)
})

test('drops members it has no use for', () => {
  const value = {
    ...ec,
    key_ops: ['verify'],
    x5c: ['AAAA'],
    x5u: 'https://evil.example',
    ext: true,
  }
  assert.deepEqual(parsePublicJwk(value), { ok: true, value: ec })
})

const outcomes: readonly (readonly [string, JsonObject, string])[] = [
  ['a symmetric key', { kty: 'oct', k: 'AAAA' }, 'private_member_present'],
  ['a symmetric key without its octets', { kty: 'oct' }, 'key_type_not_supported'],
  ['no type', without(ec, 'kty'), 'key_type_not_supported'],
  ['a type that is no text', { ...ec, kty: ['EC'] }, 'key_type_not_supported'],
  ['a type in other letters', { ...ec, kty: 'ec' }, 'key_type_not_supported'],
  ['another curve', { ...ec, crv: 'P-384' }, 'curve_not_supported'],
  ['the Bitcoin curve', { ...ec, crv: 'secp256k1' }, 'curve_not_supported'],
  ['no curve', without(ec, 'crv'), 'curve_not_supported'],
  ['a curve of the other type', { ...ec, crv: 'Ed25519' }, 'curve_not_supported'],
  ['a key agreement curve', { ...okp, crv: 'X25519' }, 'curve_not_supported'],
  ['an RSA key with a curve', { ...rsa, crv: 'P-256' }, 'curve_not_supported'],
  ['a private member of another type', { ...ec, k: 'AAAA' }, 'private_member_present'],
  ['a private member that is null', { ...ec, d: null }, 'private_member_present'],
  ['primes', { ...rsa, oth: [] }, 'private_member_present'],
  ['no y', without(ec, 'y'), 'key_member_malformed'],
  ['a coordinate one octet short', { ...ec, x: 'A'.repeat(42) }, 'key_member_malformed'],
  ['a coordinate one octet long', { ...ec, x: 'A'.repeat(44) }, 'key_member_malformed'],
  ['a coordinate with padding', { ...ec, x: `${ec.x}=` }, 'key_member_malformed'],
  ['a coordinate that is a number', { ...okp, x: 1 }, 'key_member_malformed'],
  ['use for encryption', { ...ec, use: 'enc' }, 'not_for_signatures'],
  ['use null', { ...ec, use: null }, 'not_for_signatures'],
  ['key_ops without verify', { ...ec, key_ops: ['sign'] }, 'not_for_signatures'],
  ['key_ops empty', { ...ec, key_ops: [] }, 'not_for_signatures'],
  ['key_ops as text', { ...ec, key_ops: 'verify' }, 'not_for_signatures'],
  ['the algorithm of another type', { ...ec, alg: 'RS256' }, 'algorithm_does_not_fit_key'],
  ['an algorithm of another curve', { ...ec, alg: 'ES384' }, 'algorithm_not_supported'],
  ['HMAC as its algorithm', { ...rsa, alg: 'HS256' }, 'algorithm_not_supported'],
  ['none as its algorithm', { ...rsa, alg: 'none' }, 'algorithm_not_supported'],
  ['an algorithm that is no text', { ...rsa, alg: null }, 'algorithm_not_supported'],
  ['an empty kid', { ...ec, kid: '' }, 'key_id_malformed'],
  ['a kid that is a number', { ...ec, kid: 1 }, 'key_id_malformed'],
  ['a kid of 513 characters', { ...ec, kid: 'k'.repeat(513) }, 'key_id_malformed'],
  ['a kid of 512 characters', { ...ec, kid: 'k'.repeat(512) }, 'accepted'],
  ['neither kid nor alg nor use', without(ec, 'kid', 'alg', 'use'), 'accepted'],
]

function without(value: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

for (const [what, value, expected] of outcomes) {
  test(`${expected === 'accepted' ? 'accepts' : 'refuses'} a JWK with ${what} [R2]`, () => {
    assert.equal(outcome(value), expected)
  })
}

test('asks a private key for everything its type needs', () => {
  for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'n', 'e']) {
    const parsed = parsePrivateJwk(without(wire(fixtureKeys.RS256), name))
    assert.deepEqual(parsed, { ok: false, violation: 'key_member_malformed' }, name)
  }
})

test('asks the key_ops of a private key for sign', () => {
  const value = wire(fixtureKeys.ES256)
  assert.equal(parsePrivateJwk({ ...value, key_ops: ['sign'] }).ok, true)
  assert.equal(parsePrivateJwk({ ...value, key_ops: ['verify'] }).ok, false)
})

test('takes a key without alg for every algorithm of its type', () => {
  const names = (jwk: PrivateJwk) => entriesOfJwk(jwk).map((entry) => entry.name)
  const { alg: _, ...anyRsa } = fixtureKeys.RS256
  assert.deepEqual(names(anyRsa), ['RS256', 'PS256'])
  assert.deepEqual(names(fixtureKeys.PS256), ['PS256'])
})

test('never throws, and puts nothing but text into a key', () => {
  const name = fc.constantFrom(
    'kty',
    'crv',
    'x',
    'y',
    'n',
    'e',
    'd',
    'kid',
    'alg',
    'use',
    'key_ops',
  )
  const value = fc.oneof(
    fc.constantFrom<JsonValue>('EC', 'RSA', 'OKP', 'P-256', 'Ed25519', 'sig', 'ES256', 'AQAB'),
    fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<JsonValue>,
  )
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.constantFrom(ec, okp, rsa), (overrides, base) => {
      const jwk = parsePublicJwk({ ...base, ...overrides })
      parsePrivateJwk({ ...base, ...overrides })
      if (!jwk.ok) return
      for (const member of Object.values(jwk.value)) assert.equal(typeof member, 'string')
    }),
    { numRuns: 500 },
  )
})
