import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RefusalCode } from '@mintmark/resource-server'
import { type Overrides, the } from '@mintmark/testkit'
import { guardWorld, signedToken } from './guard-world.ts'
import { codeOf, life, providerTokens, worldOf } from './provider-tokens.ts'

const now = the.nowSeconds

for (const [name, issued] of Object.entries(providerTokens)) {
  describe(`a token of ${name}`, () => {
    test('is admitted with the profile of its issuer, in the words of RFC 9068 [R1, R7]', async () => {
      const token = signedToken({
        alg: 'RS256',
        header: { typ: issued.typ },
        claims: issued.claims,
      })
      const verdict = await worldOf(issued, { profile: issued.profile }).check(token)
      assert.ok(verdict.admitted, JSON.stringify(verdict))
      assert.equal(verdict.clientId, issued.clientId)
      assert.equal(verdict.claims.client_id, issued.clientId)
      assert.deepEqual(verdict.scope.tokens, issued.scope)
      assert.deepEqual(verdict.audience.includes(issued.audience), true)
      assert.equal(verdict.claims.iat, now)
      assert.ok(Object.isFrozen(verdict.claims))
    })

    test('is refused with the profile of an issuer that writes otherwise [R1]', async () => {
      for (const profile of ['auth0', 'cognito', 'entra', 'keycloak', 'okta'] as const) {
        if (profile === issued.profile) continue
        const isAdmitted = (await codeOf(issued, {}, { profile })) === 'admitted'
        // What is RFC 9068's needs no profile, and azp is what Auth0 calls the client by, as others do.
        const isStandard = issued.typ === 'at+jwt' && 'client_id' in issued.claims
        const isLikeAuth0 = issued.typ === 'JWT' && profile === 'auth0' && 'azp' in issued.claims
        assert.equal(isAdmitted, (isStandard && profile !== 'keycloak') || isLikeAuth0, profile)
      }
    })

    const wrongs: readonly (readonly [string, Overrides, RefusalCode])[] = [
      ['for another audience', { aud: 'https://other.example' }, 'wrong_audience'],
      ['without an end', { exp: undefined }, 'claim_missing'],
      ['that ended', { exp: now - 60 }, 'expired'],
      ['with exp as text', { exp: String(now + 60) }, 'claim_malformed'],
      ['without a subject', { sub: undefined }, 'claim_missing'],
      ['with a malformed binding', { cnf: {} }, 'claim_malformed'],
      ['bound to a key', { cnf: { jkt: 'thumbprint' } }, 'sender_constrained'],
    ]
    for (const [what, overrides, expected] of wrongs) {
      test(`${what} is ${expected} as everybody's is [R1]`, async () => {
        assert.equal(await codeOf(issued, overrides), expected)
      })
    }

    test('of another typ is no access token [R1]', async () => {
      for (const typ of ['dpop+jwt', 'logout+jwt', 'id_token+jwt', '']) {
        assert.equal(await codeOf(issued, {}, { profile: issued.profile }, typ), 'wrong_type')
      }
    })

    if (issued.typ !== 'at+jwt') {
      test('is no access token without a profile [R1]', async () => {
        assert.equal(await codeOf(issued, {}, {}), 'wrong_type')
      })
    }
  })
}

describe('the option acceptLegacyTyp', () => {
  test('takes no token that has a claim of ID tokens or events [R1]', async () => {
    for (const name of ['nonce', 'at_hash', 'c_hash', 's_hash', 'events']) {
      const claims = {
        ...life,
        iss: the.issuer,
        aud: the.audience,
        sub: 'x',
        jti: 'x',
        client_id: 'x',
      }
      const world = guardWorld({ acceptLegacyTyp: true })
      const header = { typ: 'JWT' }
      assert.equal((await world.check(signedToken({ header, claims }))).admitted, true)
      const marked = await world.check(signedToken({ header, claims: { ...claims, [name]: 'x' } }))
      assert.equal(!marked.admitted && marked.code, 'wrong_type')
    }
  })
})
