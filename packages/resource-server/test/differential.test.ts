/**
 * The guard against `jose`: what jose signs is admitted, and what the guard admits jose admits too, with the same
 * claims. Where they differ the guard is the stricter one.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { publicJwkOf, type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import { fixtureKeys, mutatedToken, some, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { createLocalJWKSet, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { guardWorld, signedToken } from './guard-world.ts'

const now = the.nowSeconds
const world = guardWorld()

const publishedKeys = createLocalJWKSet({
  keys: Object.values(fixtureKeys).map((key) => ({ ...publicJwkOf(key) }) as JWK),
})

/** What the guard is configured to ask for, asked of jose. */
function verifiedByJose(token: string) {
  return jwtVerify(token, publishedKeys, {
    issuer: the.issuer,
    audience: the.audience,
    typ: 'at+jwt',
    algorithms: [...signatureAlgorithms],
    clockTolerance: 5,
    currentDate: new Date(now * 1000),
  })
}

async function signedByJose(alg: SignatureAlgorithm): Promise<string> {
  const { kid = '' } = fixtureKeys[alg]
  return await new SignJWT({ ...some.claims() })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid })
    .sign(await importJWK({ ...fixtureKeys[alg] } as JWK, alg))
}

describe('the guard and jose', () => {
  for (const alg of signatureAlgorithms) {
    test(`agree on a token that jose signed with ${alg} [R1]`, async () => {
      const verdict = await world.check(await signedByJose(alg))
      assert.ok(verdict.admitted)
      assert.deepEqual(verdict.claims, some.claims())
    })
  }

  test('agree on every token that the guard admits [R1]', async () => {
    let admitted = 0
    await fc.assert(
      fc.asyncProperty(header, claims, async (headerOverrides, claimOverrides) => {
        const token = signedToken({
          alg: 'EdDSA',
          header: headerOverrides,
          claims: some.claims(claimOverrides),
        })
        const verdict = await world.check(token)
        if (!verdict.admitted) return
        admitted += 1
        const { payload } = await verifiedByJose(token)
        assert.deepEqual(payload, verdict.claims)
      }),
      { numRuns: 300 },
    )
    assert.ok(admitted > 0, 'the generator makes good tokens too')
  })

  test('agree on every changed token that the guard admits, at first sight and later [R1] [R3]', async () => {
    let admitted = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { token } = mutatedToken(seed)
        const verdict = await world.check(token)
        const again = await world.check(token)
        assert.deepEqual(again, verdict)
        if (!verdict.admitted) return
        admitted += 1
        const { payload } = await verifiedByJose(token)
        assert.deepEqual(payload, verdict.claims)
      }),
      { numRuns: 200 },
    )
    assert.ok(admitted > 10, 'the generator makes good tokens too')
  })
})

/** Mostly right, so that many tokens are wrong in one place only. */
function mostly<Value>(right: Value, ...wrong: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(right) },
    ...wrong.map((value) => fc.constant(value)),
  )
}

const header = fc.record({
  typ: mostly<string | undefined>('at+jwt', 'JWT', 'application/at+jwt', 'AT+JWT', '', undefined),
  kid: mostly<string | undefined>(
    fixtureKeys.EdDSA.kid,
    'nobody',
    fixtureKeys.ES256.kid,
    undefined,
  ),
  crit: mostly<string[] | undefined>(undefined, ['exp'], []),
})

const instant = (...near: readonly number[]) =>
  mostly<number | string | undefined>(near[0], ...near, -1, 1e300, `${now}`, undefined)

const claims = fc.record({
  iss: mostly<string | undefined>(the.issuer, `${the.issuer}/`, '', undefined),
  aud: mostly<string | string[] | undefined>(
    the.audience,
    [the.audience],
    ['https://x.example', the.audience],
    [],
    'https://x.example',
    undefined,
  ),
  exp: instant(now + 60, now, now - 4, now - 5, now - 4.5, now - 3_600),
  iat: instant(now, now + 4, now + 5, now + 60),
  nbf: mostly<number | string | undefined>(undefined, now, now + 5, now + 6, now + 5.5, 'soon'),
  sub: mostly<string | undefined>(the.clientId, '', undefined),
  jti: mostly<string | number | undefined>('jti', 7, undefined),
  scope: mostly<string | undefined>('read', '', 'a  b', undefined),
})
