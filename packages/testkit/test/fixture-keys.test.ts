import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { attackerKeys, fixtureKeys } from '../src/index.ts'

const algorithms = ['ES256', 'EdDSA', 'RS256', 'PS256'] as const

describe('fixtureKeys', () => {
  for (const alg of algorithms) {
    it(`holds a key with which jose signs and verifies ${alg}, and the attacker's is another`, async () => {
      const own = fixtureKeys[alg] as JWK
      const other = attackerKeys[alg] as JWK
      assert.deepEqual([own.alg, other.alg], [alg, alg])
      const token = await new SignJWT({}).setProtectedHeader({ alg }).sign(await importJWK(own))
      await jwtVerify(token, await importJWK(publicHalf(own)))
      await assert.rejects(jwtVerify(token, await importJWK(publicHalf(other))), {
        code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      })
    })
  }
})

function publicHalf({ d, p, q, dp, dq, qi, ...rest }: JWK): JWK {
  return rest
}
