/**
 * The guard against `jose` over thousands of changed tokens of every algorithm: what the guard admits jose admits, with
 * the same claims. The other way round it differs, on purpose; how, is told by `attack-peers.test.ts`.
 *
 * A number that is printed by a failure makes the token again: `mutatedToken(number, { algorithm })`.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { publicJwkOf, type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import { createGuard } from '@mintmark/resource-server'
import { FakeClock, fixtureKeys, jsonResponse, mutatedToken, the } from '@mintmark/testkit'
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose'

const TOKENS: Readonly<Record<SignatureAlgorithm, number>> = {
  EdDSA: 5_000,
  ES256: 2_000,
  RS256: 600,
  PS256: 300,
}

const keySet = { keys: Object.values(fixtureKeys).map((key) => ({ ...publicJwkOf(key) }) as JWK) }
const publishedKeys = createLocalJWKSet(keySet)

function verifiedByJose(token: string) {
  return jwtVerify(token, publishedKeys, {
    ...{ issuer: the.issuer, audience: the.audience, typ: 'at+jwt' },
    ...{ algorithms: [...signatureAlgorithms], clockTolerance: 5 },
    currentDate: new Date(the.nowSeconds * 1000),
  })
}

describe('the guard and jose', () => {
  for (const algorithm of signatureAlgorithms) {
    test(`agree on every changed ${algorithm} token that the guard admits [R1]`, async () => {
      const guard = createGuard({
        ...{ issuer: the.issuer, audience: the.audience, jwksUri: the.jwksUri },
        ...{ clock: new FakeClock(), transport: async () => jsonResponse(JSON.stringify(keySet)) },
      })
      let admitted = 0
      for (let seed = 0; seed < TOKENS[algorithm]; seed += 1) {
        const { token, changes } = mutatedToken(seed, { algorithm })
        const verdict = await guard.check({ headers: { authorization: `Bearer ${token}` } })
        if (!verdict.admitted) continue
        admitted += 1
        const failure = () => assert.fail(`${seed}: ${changes.join(', ')}`)
        const { payload } = await verifiedByJose(token).catch(failure)
        assert.deepEqual(payload, verdict.claims, `${seed}: ${changes.join(', ')}`)
      }
      guard.dispose()
      assert.ok(admitted > TOKENS[algorithm] / 5, 'many of the changes are harmless')
    })
  }
})
