/** What each profile takes for an access token, for its scope and for whom it is meant. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonValue } from '@mintmark/protocol'
import { createGuard, type IssuerProfileName, type RefusalCode } from '@mintmark/resource-server'
import { fixtureKeys, jsonResponse, type Overrides, the } from '@mintmark/testkit'
import { guardWorld, keySetOf, signedToken } from './guard-world.ts'
import { codeOf, issuedBy, worldOf } from './provider-tokens.ts'

describe('a profile', () => {
  /** What the same issuers sign beside access tokens, with everything else made to fit. */
  const others: readonly (readonly [string, string, Overrides])[] = [
    ['an ID token of Keycloak', 'Keycloak, service account', { typ: 'ID', at_hash: 'x' }],
    ['a refresh token of Keycloak', 'Keycloak, service account', { typ: 'Refresh' }],
    ['an offline token of Keycloak', 'Keycloak, service account', { typ: 'Offline' }],
    [
      'a token of Keycloak that does not say what it is',
      'Keycloak, service account',
      { typ: undefined },
    ],
    [
      'a token of Keycloak that is a list of things',
      'Keycloak, service account',
      { typ: ['Bearer', 'ID'] },
    ],
    [
      'an ID token of Entra 2.0',
      'Entra, version 2.0, application permissions',
      { azp: undefined, azpacr: undefined },
    ],
    [
      'an ID token of Entra 2.0 with a nonce',
      'Entra, version 2.0, application permissions',
      { nonce: 'x' },
    ],
    [
      'a token of Entra that only calls itself 1.0',
      'Entra, version 2.0, application permissions',
      { ver: '1.0' },
    ],
    [
      'a token of Entra of no version',
      'Entra, version 2.0, application permissions',
      { ver: undefined },
    ],
    [
      'a token of Entra of version 3.0',
      'Entra, version 2.0, application permissions',
      { ver: '3.0' },
    ],
    ['an ID token of Auth0', 'Auth0, its own profile', { azp: undefined }],
    ['an ID token of Auth0 with a nonce', 'Auth0, its own profile', { nonce: 'x' }],
    ['an ID token of Okta', 'Okta, custom authorization server', { cid: undefined, at_hash: 'x' }],
    ['an ID token of Okta with a client', 'Okta, custom authorization server', { at_hash: 'x' }],
    [
      'an ID token of Cognito',
      'Cognito, client credentials',
      { token_use: 'id', aud: 'https://orders.example' },
    ],
    [
      'a token of Cognito for nothing said',
      'Cognito, client credentials',
      { token_use: undefined },
    ],
    ['a security event of Okta', 'Okta, custom authorization server', { events: {} }],
  ]
  for (const [what, name, overrides] of others) {
    test(`does not take ${what} for an access token [R1]`, async () => {
      assert.equal(await codeOf(issuedBy(name), overrides), 'wrong_type')
    })
  }

  const scopes: readonly (readonly [string, string, Overrides, RefusalCode | readonly string[]])[] =
    [
      [
        'a list with text of several',
        'Okta, custom authorization server',
        { scp: ['a b'] },
        'claim_malformed',
      ],
      [
        'a list with an empty text',
        'Okta, custom authorization server',
        { scp: [''] },
        'claim_malformed',
      ],
      [
        'a list with a number',
        'Okta, custom authorization server',
        { scp: ['a', 1] },
        'claim_malformed',
      ],
      ['a list of lists', 'Okta, custom authorization server', { scp: [['a']] }, 'claim_malformed'],
      ['an object', 'Okta, custom authorization server', { scp: { a: true } }, 'claim_malformed'],
      ['null', 'Okta, custom authorization server', { scp: null }, 'claim_malformed'],
      ['an empty list', 'Okta, custom authorization server', { scp: [] }, []],
      ['none', 'Okta, custom authorization server', { scp: undefined }, []],
      ['a text', 'Okta, custom authorization server', { scp: 'a b' }, ['a', 'b']],
      [
        'a claim of another name',
        'Okta, custom authorization server',
        { scp: undefined, scope: 'admin' },
        [],
      ],
      ['both, and scp counts', 'Entra, version 2.0, in the name of somebody', {}, ['Orders.Read']],
      ['an empty scp beside roles', 'Entra, version 2.0, application permissions', { scp: '' }, []],
      [
        'null as scp beside roles',
        'Entra, version 2.0, application permissions',
        { scp: null },
        'claim_malformed',
      ],
      ['neither', 'Entra, version 2.0, application permissions', { roles: undefined }, []],
      [
        'a role with a space',
        'Entra, version 2.0, application permissions',
        { roles: ['a b'] },
        'claim_malformed',
      ],
      ['permissions alone', 'Auth0, its own profile', { scope: undefined }, []],
    ]
  for (const [what, name, overrides, expected] of scopes) {
    test(`reads ${what} as scope of ${name}: ${expected} [R7]`, async () => {
      const issued = issuedBy(name)
      const claims = JSON.parse(JSON.stringify({ ...issued.claims, ...overrides }))
      const token = signedToken({ alg: 'RS256', header: { typ: issued.typ }, claims })
      const verdict = await worldOf(issued, { profile: issued.profile }).check(token)
      const found = verdict.admitted ? verdict.scope.tokens : verdict.code
      assert.deepEqual(found, expected)
    })
  }

  const audiences: readonly (readonly [string, JsonValue | undefined, RefusalCode | 'admitted'])[] =
    [
      ['only its scope', 'https://orders.example/read', 'admitted'],
      ['a scope of ours among others', 'other/x https://orders.example/read', 'admitted'],
      ['a scope of another resource server', 'https://other.example/read', 'wrong_audience'],
      ['a scope of one whose name is longer', 'https://orders.example/v2/read', 'wrong_audience'],
      ['a scope of one whose name is shorter', 'https://orders.exampl/read', 'wrong_audience'],
      ['a scope without a resource server', 'read', 'claim_missing'],
      ['a scope that is our name', 'https://orders.example', 'wrong_audience'],
      ['a scope that begins with a slash', '/read', 'claim_missing'],
      ['no scope', undefined, 'claim_missing'],
      ['a list as scope', ['https://orders.example/read'], 'claim_missing'],
    ]
  for (const [what, scope, expected] of audiences) {
    test(`finds whom a token of Cognito is for by ${what}: ${expected} [R1]`, async () => {
      assert.equal(await codeOf(issuedBy('Cognito, client credentials'), { scope }), expected)
    })
  }

  test('asks a token of Cognito that has an audience for that and nothing else [R1]', async () => {
    const cognito = issuedBy('Cognito, client credentials')
    assert.equal(await codeOf(cognito, { aud: 'https://other.example' }), 'wrong_audience')
    assert.equal(
      await codeOf(cognito, { aud: ['https://orders.example'], scope: 'x/y' }),
      'admitted',
    )
    assert.equal(await codeOf(cognito, { aud: null }), 'claim_malformed')
  })

  test('asks for the name of a token where the issuer always gives one [R1]', async () => {
    assert.equal(
      await codeOf(issuedBy('Keycloak, service account'), { jti: undefined }),
      'claim_missing',
    )
    assert.equal(
      await codeOf(issuedBy('Okta, custom authorization server'), { jti: undefined }),
      'claim_missing',
    )
    assert.equal(
      await codeOf(issuedBy('Cognito, client credentials'), { jti: undefined }),
      'claim_missing',
    )
    const entra = issuedBy('Entra, version 1.0, application permissions')
    assert.equal(await codeOf(entra, { uti: undefined }), 'admitted')
    assert.equal(await codeOf(entra, { uti: '' }), 'claim_malformed')
    assert.equal(await codeOf(entra, { uti: 7 }), 'claim_malformed')
  })

  test('is of one issuer: a typ that one may have is no typ for the other [R7]', async () => {
    const okta = issuedBy('Okta, custom authorization server')
    const jwksUri = 'https://keys.example/jwks'
    const world = guardWorld({
      audience: [the.audience, okta.audience],
      issuers: [{ issuer: the.issuer }, { issuer: okta.issuer, profile: 'okta', jwksUri }],
    })
    world.network.respond(jwksUri, jsonResponse(keySetOf(...Object.values(fixtureKeys))))
    const foreign = signedToken({ header: { typ: undefined }, claims: okta.claims })
    assert.equal((await world.check(foreign)).admitted, true)
    const own = await world.check(signedToken({ header: { typ: undefined } }))
    assert.equal(!own.admitted && own.code, 'wrong_type')
  })

  test('is of the one issuer where there is only one', async () => {
    const { issuer, audience, claims } = issuedBy('Keycloak, service account')
    const jwksUri = 'https://keys.example/jwks'
    const world = guardWorld({ issuers: [{ issuer, jwksUri }], audience, profile: 'keycloak' })
    world.network.respond(jwksUri, jsonResponse(keySetOf(...Object.values(fixtureKeys))))
    const token = signedToken({ header: { typ: 'JWT' }, claims })
    assert.equal((await world.check(token)).admitted, true)
  })

  test('has one of the known names', () => {
    const profile = 'microsoft' as IssuerProfileName
    const options = { issuer: the.issuer, audience: the.audience, profile }
    assert.throws(() => createGuard(options), /^TypeError: profile: expected one of rfc9068, auth0/)
  })
})
