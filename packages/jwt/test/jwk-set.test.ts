import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type PublicJwk,
  parseJwkSet,
  publicJwkOf,
  selectKey,
  serialiseJwkSet,
  type WantedKey,
} from '@mintmark/jwt'
import { attackerKeys, findSecret, fixtureKeys } from '@mintmark/testkit'
import fc from 'fast-check'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { signedToken } from './every-engine.ts'

const ec = publicJwkOf(fixtureKeys.ES256)
const rsa = publicJwkOf(fixtureKeys.RS256)

test('reads back the set it writes', () => {
  const keys = Object.values(fixtureKeys).map(publicJwkOf)
  const set = parseJwkSet(serialiseJwkSet(keys))
  assert.deepEqual(set, { ok: true, value: { keys, skipped: 0 } })
})

test('publishes no private octet, even of private keys', () => {
  const text = serialiseJwkSet(Object.values(fixtureKeys))
  for (const { d } of Object.values(fixtureKeys)) assert.equal(findSecret(text, d), undefined)
})

test('writes a set that jose verifies with', async () => {
  const set = JSON.parse(serialiseJwkSet(Object.values(fixtureKeys)))
  const verified = await jwtVerify(signedToken('PS256'), createLocalJWKSet(set), {
    currentDate: new Date(0),
  })
  assert.equal(verified.protectedHeader.kid, fixtureKeys.PS256.kid)
})

test('leaves out and counts keys it must not use', () => {
  const listed = [
    { kty: 'oct', k: 'AAAA', kid: 'a' },
    fixtureKeys.RS256,
    { ...ec, use: 'enc' },
    { kty: 'EC', crv: 'P-384' },
    null,
    'key',
    [],
    ec,
  ]
  const set = parseJwkSet(JSON.stringify({ keys: listed, extra: {} }))
  assert.deepEqual(set, { ok: true, value: { keys: [ec], skipped: 7 } })
})

const refusals: readonly (readonly [string, string, string])[] = [
  ['no text', '', 'not_json'],
  ['a web page', '<!doctype html>', 'not_json'],
  ['an array', '[]', 'not_an_object'],
  ['an empty object', '{}', 'keys_missing'],
  ['keys as an object', '{"keys":{}}', 'keys_missing'],
  ['no keys', '{"keys":[]}', 'no_usable_key'],
  ['symmetric keys only', '{"keys":[{"kty":"oct","k":"AAAA"}]}', 'no_usable_key'],
  ['private keys only', JSON.stringify({ keys: [fixtureKeys.ES256] }), 'no_usable_key'],
  ['two lists of keys', '{"keys":[],"keys":[]}', 'duplicate_member'],
  ['a key with two kids', '{"keys":[{"kid":"a","kid":"b"}]}', 'duplicate_member'],
  ['65 keys', JSON.stringify({ keys: new Array(65).fill(ec) }), 'too_many_keys'],
  ['more than 256 KiB', `{"keys":[],"x":"${'x'.repeat(262_144)}"}`, 'too_long'],
  ['nesting', `{"keys":[],"x":${'['.repeat(9)}${']'.repeat(9)}}`, 'too_deep'],
]

for (const [what, text, violation] of refusals) {
  test(`refuses a set with ${what} [R2]`, () => {
    assert.deepEqual(parseJwkSet(text), { ok: false, violation })
  })
}

test('takes a set of 64 keys', () => {
  assert.equal(parseJwkSet(JSON.stringify({ keys: new Array(64).fill(ec) })).ok, true)
})

const { kid: _, ...ecWithoutKid } = ec
const { alg: __, ...rsaOfAnyAlg } = rsa
const otherEc = { ...publicJwkOf(attackerKeys.ES256), kid: 'other' }

const selections: readonly (readonly [string, readonly PublicJwk[], WantedKey, unknown])[] = [
  ['the key of that kid', [otherEc, ec], { alg: 'ES256', kid: ec.kid }, ec],
  ['the only key, without a kid', [rsa, ec], { alg: 'ES256', kid: undefined }, ec],
  ['a key without alg', [rsaOfAnyAlg], { alg: 'PS256', kid: rsa.kid }, rsaOfAnyAlg],
  [
    'one of two types under one kid',
    [
      { ...rsa, kid: 'k' },
      { ...ec, kid: 'k' },
    ],
    { alg: 'ES256', kid: 'k' },
    { ...ec, kid: 'k' },
  ],
  ['nothing for an unknown kid', [ec], { alg: 'ES256', kid: 'other' }, 'no_matching_key'],
  ['nothing for an empty kid', [ec], { alg: 'ES256', kid: '' }, 'no_matching_key'],
  [
    'nothing for a kid in other letters',
    [ec],
    { alg: 'ES256', kid: ec.kid?.toUpperCase() ?? '' },
    'no_matching_key',
  ],
  [
    'no key without kid for a token with one',
    [ecWithoutKid],
    { alg: 'ES256', kid: 'k' },
    'no_matching_key',
  ],
  ['nothing for another algorithm', [rsa], { alg: 'PS256', kid: rsa.kid }, 'no_matching_key'],
  ['nothing for another type', [rsaOfAnyAlg], { alg: 'ES256', kid: rsa.kid }, 'no_matching_key'],
  ['nothing of an empty set', [], { alg: 'ES256', kid: undefined }, 'no_matching_key'],
  ['none of two, without a kid', [ec, otherEc], { alg: 'ES256', kid: undefined }, 'ambiguous_key'],
  [
    'none of two of one kid',
    [ec, { ...otherEc, kid: 'fixture-es256' }],
    { alg: 'ES256', kid: ec.kid },
    'ambiguous_key',
  ],
]

for (const [what, keys, wanted, expected] of selections) {
  test(`selects ${what}`, () => {
    const selected = selectKey(keys, wanted)
    assert.deepEqual(selected.ok ? selected.value : selected.violation, expected)
  })
}

test('never throws', () => {
  const key = fc.dictionary(fc.constantFrom('kty', 'x', 'kid', 'alg'), fc.jsonValue())
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.array(key), (text, keys) => {
      parseJwkSet(text)
      parseJwkSet(JSON.stringify({ keys }))
    }),
  )
})
