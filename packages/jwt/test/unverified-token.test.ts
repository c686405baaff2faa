import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeUnverified } from '@mintmark/jwt'
import { characters, some } from '@mintmark/testkit'
import fc from 'fast-check'
import { signedToken } from './every-engine.ts'
import { rfc7515A1Token, rfc8037A } from './rfc-vectors.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const segment = (text: string) => Buffer.from(text, 'utf8').toString('base64url')

test('shows header and claims of a token', () => {
  const token = decodeUnverified(signedToken('EdDSA'))
  assert.ok(token.ok)
  assert.deepEqual(token.value.header, { alg: 'EdDSA', typ: 'at+jwt', kid: 'fixture-eddsa' })
  assert.deepEqual(token.value.claims, some.claims())
})

test('shows tokens that can never be verified here', () => {
  const hmac = decodeUnverified(rfc7515A1Token)
  assert.equal(hmac.ok && hmac.value.header.alg, 'HS256')
  const critical = decodeUnverified(`${segment('{"crit":["x"]}')}.${segment('{}')}.AAAA`)
  assert.ok(critical.ok)
})

const refusals: readonly (readonly [string, string, string])[] = [
  ['two segments', 'e30.e30', 'not_three_segments'],
  ['more than 8 KiB', `e30.e30.${'A'.repeat(8_192)}`, 'token_too_long'],
  ['padding', 'e30=.e30.AAAA', 'malformed_base64url'],
  ['a signature that is not base64url', 'e30.e30.A', 'malformed_base64url'],
  ['a header that is no object', `${segment('[]')}.e30.AAAA`, 'malformed_header'],
  ['a payload that is not JSON', rfc8037A.token, 'not_json'],
  ['duplicate claims', `e30.${segment('{"a":1,"a":2}')}.AAAA`, 'duplicate_member'],
]

for (const [what, token, violation] of refusals) {
  test(`does not show ${what}`, () => {
    assert.deepEqual(decodeUnverified(token), { ok: false, violation })
  })
}

test('never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.json(), (text, json) => {
      decodeUnverified(text)
      decodeUnverified(`${segment(json)}.${segment(json)}.AAAA`)
    }),
  )
})
