import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicJwkOf, signCompact } from '@mintmark/jwt'
import { fixtureKeys, some, the } from '@mintmark/testkit'
import { importJWK, jwtVerify } from 'jose'
import { everyPair, theNodeEngine } from './every-engine.ts'

for (const [engine, alg] of everyPair) {
  test(`signs what jose verifies: ${alg} on the ${engine.name} engine [A4]`, async () => {
    const key = await engine.importSigningKey(fixtureKeys[alg], alg, 'k1')
    const claims = some.claims()
    const token = await signCompact(engine, key, { typ: 'at+jwt' }, JSON.stringify(claims))
    const verified = await jwtVerify(token, await importJWK(publicJwkOf(fixtureKeys[alg]), alg), {
      algorithms: [alg],
      typ: 'at+jwt',
      issuer: the.issuer,
      audience: the.audience,
      currentDate: new Date(the.nowSeconds * 1000),
    })
    assert.deepEqual(verified.payload, claims)
    assert.deepEqual(verified.protectedHeader, { alg, typ: 'at+jwt', kid: 'k1' })
  })
}

test('writes the header in one fixed order', () => {
  const engine = theNodeEngine()
  const key = engine.importSigningKey(fixtureKeys.ES256, 'ES256', 'k"1')
  const token = signCompact(engine, key, { typ: 'at+jwt' }, '{}')
  const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()
  assert.equal(header, '{"alg":"ES256","typ":"at+jwt","kid":"k\\"1"}')
})

test('signs the claims text as it is given', () => {
  const engine = theNodeEngine()
  const key = engine.importSigningKey(fixtureKeys.ES256, 'ES256', 'k1')
  const claimsJson = '{ "sub":"caf\u00e9 \u20ac \ud83d\ude00" }'
  const token = signCompact(engine, key, { typ: 'at+jwt' }, claimsJson)
  assert.equal(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(), claimsJson)
})

test('follows when one key signs two types of token in turn', () => {
  const engine = theNodeEngine()
  const key = engine.importSigningKey(fixtureKeys.EdDSA, 'EdDSA', 'k1')
  const typs = ['at+jwt', 'token-introspection+jwt', 'at+jwt'].map((typ) => {
    const [header = ''] = signCompact(engine, key, { typ }, '{}').split('.')
    return JSON.parse(Buffer.from(header, 'base64url').toString()).typ
  })
  assert.deepEqual(typs, ['at+jwt', 'token-introspection+jwt', 'at+jwt'])
})
