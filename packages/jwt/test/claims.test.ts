import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkAccessTokenClaims,
  type ExpectedClaims,
  parseClaims,
  publicJwkOf,
} from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import { fixtureKeys, type Overrides, some, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { importJWK, jwtVerify } from 'jose'
import { signedToken } from './every-engine.ts'

const expected: ExpectedClaims = {
  issuer: the.issuer,
  audiences: [the.audience],
  clockToleranceSeconds: 5,
  lifetimeSecondsMax: undefined,
}

function outcome(
  claims: JsonObject,
  expectation: Partial<ExpectedClaims> = {},
  nowSeconds: number = the.nowSeconds,
): string {
  const checked = checkAccessTokenClaims(claims, { ...expected, ...expectation }, nowSeconds)
  return checked.ok ? 'accepted' : checked.violation
}

test('returns the claims it judged and no others', () => {
  const claims = some.claims({
    nbf: the.nowSeconds,
    cnf: { jkt: 'thumbprint', 'x5t#S256': 'certificate' },
    role: 'admin',
  })
  const checked = checkAccessTokenClaims(claims, expected, the.nowSeconds)
  const { role: _, ...judged } = claims
  assert.deepEqual(checked, { ok: true, value: judged })
})

test('requires every claim of RFC 9068 section 2.2 [R1]', () => {
  for (const name of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']) {
    assert.equal(outcome(some.claims({ [name]: undefined })), 'claim_missing', name)
  }
})

test('does without scope, nbf and cnf', () => {
  assert.equal(outcome(some.claims({ scope: undefined })), 'accepted')
})

test('looks for claims on the object itself and not on its prototype', () => {
  const claims: JsonObject = Object.create(some.claims())
  assert.equal(outcome(claims), 'claim_missing')
})

const malformed: readonly Overrides[] = [
  { iss: '' },
  { iss: null },
  { iss: ['https://issuer.example'] },
  { sub: '' },
  { sub: 1 },
  { jti: '' },
  { jti: {} },
  { client_id: '' },
  { client_id: true },
  { aud: '' },
  { aud: [] },
  { aud: [''] },
  { aud: [the.audience, ''] },
  { aud: [the.audience, 1] },
  { aud: { [the.audience]: true } },
  { aud: null },
  { exp: String(the.nowSeconds + 60) },
  { exp: -1 },
  { exp: 2 ** 53 },
  { exp: Number.POSITIVE_INFINITY },
  { exp: Number.NaN },
  { exp: null },
  { iat: '0' },
  { iat: -0.5 },
  { nbf: '99999999999' },
  { nbf: null },
  { nbf: [] },
  { scope: null },
  { scope: ['a'] },
  { cnf: null },
  { cnf: 'jkt' },
  { cnf: [] },
  { cnf: {} },
  { cnf: { jwk: {} } },
  { cnf: { jkt: '' } },
  { cnf: { jkt: 1 } },
  { cnf: { jkt: 'a', 'x5t#S256': null } },
]

for (const overrides of malformed) {
  const [[name, value] = []] = Object.entries(overrides)
  const written = typeof value === 'number' ? `${value}` : JSON.stringify(value)
  test(`refuses ${name} = ${written} [R1]`, () => {
    assert.equal(outcome(some.claims(overrides)), 'claim_malformed')
  })
}

test('refuses an expiry that JSON writes as 1e400', () => {
  const text = JSON.stringify(some.claims({ exp: 0 })).replace('"exp":0', '"exp":1e400')
  const claims = parseClaims(new TextEncoder().encode(text))
  assert.ok(claims.ok)
  assert.equal(outcome(claims.value), 'claim_malformed')
})

test('compares issuer and audience by exact octets [R1]', () => {
  for (const iss of [
    `${the.issuer}/`,
    the.issuer.slice(0, -1),
    the.issuer.toUpperCase(),
    `x${the.issuer}`,
  ]) {
    assert.equal(outcome(some.claims({ iss })), 'wrong_issuer', iss)
  }
  for (const aud of [`${the.audience}/`, 'https://api', [`${the.audience}.evil.example`]]) {
    assert.equal(outcome(some.claims({ aud })), 'wrong_audience')
  }
})

test('accepts one fitting audience among others on either side', () => {
  const others = ['https://other.example', the.audience]
  assert.equal(outcome(some.claims({ aud: others })), 'accepted')
  assert.equal(outcome(some.claims(), { audiences: others }), 'accepted')
  assert.equal(outcome(some.claims(), { audiences: [] }), 'wrong_audience')
})

const at = (seconds: number) => the.nowSeconds + seconds

/** Tolerance 5 s; now is `the.nowSeconds`. */
const instants: readonly (readonly [string, Overrides, string])[] = [
  ['an expiry just inside the tolerance', { iat: at(-60), exp: at(-4.999) }, 'accepted'],
  ['an expiry at the tolerance', { iat: at(-60), exp: at(-5) }, 'expired'],
  ['an expiry long ago', { iat: 0, exp: 0 }, 'expired'],
  ['nbf at the tolerance', { nbf: at(5) }, 'accepted'],
  ['nbf beyond the tolerance', { nbf: at(5.001) }, 'not_yet_valid'],
  ['iat at the tolerance', { iat: at(5) }, 'accepted'],
  ['iat beyond the tolerance', { iat: at(5.001) }, 'issued_in_the_future'],
  [
    'iat 70 years ahead',
    { iat: at(70 * 31_536_000), exp: at(71 * 31_536_000) },
    'issued_in_the_future',
  ],
]

for (const [what, overrides, expectedOutcome] of instants) {
  test(`judges ${what} as ${expectedOutcome} [R1]`, () => {
    assert.equal(outcome(some.claims(overrides)), expectedOutcome)
  })
}

test('judges without tolerance to the instant', () => {
  const exact = { clockToleranceSeconds: 0 }
  assert.equal(outcome(some.claims(), exact, at(3_599.999)), 'accepted')
  assert.equal(outcome(some.claims(), exact, at(3_600)), 'expired')
})

test('bounds the lifetime a token may have', () => {
  assert.equal(outcome(some.claims(), { lifetimeSecondsMax: 3_600 }), 'accepted')
  assert.equal(outcome(some.claims(), { lifetimeSecondsMax: 3_599 }), 'lifetime_too_long')
})

test('bounds the age a token may have, whatever its exp says', () => {
  const aged = { ageSecondsMax: 600, clockToleranceSeconds: 0 }
  assert.equal(outcome(some.claims(), aged, at(599.999)), 'accepted')
  assert.equal(outcome(some.claims(), aged, at(600)), 'expired')
  assert.equal(outcome(some.claims(), { ...aged, clockToleranceSeconds: 5 }, at(604)), 'accepted')
  const longer = { ageSecondsMax: 7_200, clockToleranceSeconds: 0 }
  assert.equal(outcome(some.claims(), longer, at(3_600)), 'expired')
})

test('names form before issuer, issuer before audience, audience before time', () => {
  const wrong = { iss: 'https://other.example', aud: 'https://other.example', exp: 0, iat: 0 }
  assert.equal(outcome(some.claims({ ...wrong, sub: '' })), 'claim_malformed')
  assert.equal(outcome(some.claims(wrong)), 'wrong_issuer')
  assert.equal(outcome(some.claims({ ...wrong, iss: the.issuer })), 'wrong_audience')
})

test('accepts only what jose accepts, and never throws', async () => {
  const key = await importJWK(publicJwkOf(fixtureKeys.EdDSA), 'EdDSA')
  const value = fc.oneof(
    fc.constantFrom(the.issuer, the.audience, the.nowSeconds, the.nowSeconds + 60, undefined),
    fc.jsonValue({ maxDepth: 1 }),
  )
  const name = fc.constantFrom('iss', 'aud', 'exp', 'iat', 'nbf', 'sub', 'jti', 'scope', 'cnf')
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 3 }), async (overrides) => {
      const claimsJson = JSON.stringify(some.claims(overrides as Overrides))
      const claims = parseClaims(new TextEncoder().encode(claimsJson))
      if (!claims.ok || outcome(claims.value) !== 'accepted') return
      await jwtVerify(signedToken('EdDSA', claimsJson), key, {
        issuer: the.issuer,
        audience: the.audience,
        typ: 'at+jwt',
        clockTolerance: 5,
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
        currentDate: new Date(the.nowSeconds * 1000),
      })
    }),
    { numRuns: 300 },
  )
})
