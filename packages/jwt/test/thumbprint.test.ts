import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jwkThumbprint, type PublicJwk, publicJwkOf } from '@mintmark/jwt'
import { fixtureKeys } from '@mintmark/testkit'
import { calculateJwkThumbprint } from 'jose'
import { everyPair, theNodeEngine } from './every-engine.ts'
import { rfc7638, rfc8037A } from './rfc-vectors.ts'

test('gives the thumbprints printed in RFC 7638 and RFC 8037', () => {
  assert.equal(jwkThumbprint(rfc7638.jwk, theNodeEngine()), rfc7638.thumbprint)
  assert.equal(jwkThumbprint(rfc8037A.jwk, theNodeEngine()), rfc8037A.thumbprint)
})

for (const [engine, alg] of everyPair) {
  test(`agrees with jose about an ${alg} key on the ${engine.name} engine`, async () => {
    const jwk: PublicJwk = fixtureKeys[alg]
    assert.equal(await jwkThumbprint(jwk, engine), await calculateJwkThumbprint({ ...jwk }))
  })
}

test('depends on nothing but the public octets', () => {
  const { alg: _, use: __, kid: ___, ...bare } = publicJwkOf(fixtureKeys.RS256)
  const engine = theNodeEngine()
  assert.equal(jwkThumbprint(bare, engine), jwkThumbprint(fixtureKeys.RS256, engine))
})
