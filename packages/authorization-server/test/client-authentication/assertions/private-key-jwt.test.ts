import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signatureAlgorithms } from '@mintmark/jwt'
import { attackerKeys, fixtureKeys } from '@mintmark/testkit'
import { the } from '../../serving.ts'
import {
  type AssertionChanges,
  asserter,
  lastRefusal,
  presentAssertion,
  servingAsserter,
  someAssertion,
} from '../asserting.ts'

const now = the.nowSeconds

for (const alg of signatureAlgorithms) {
  test(`an assertion signed by ${alg} with a registered key gets a token [A6, S6]`, async () => {
    await using world = await servingAsserter()
    const response = await presentAssertion(world, await someAssertion({ key: fixtureKeys[alg] }))
    assert.equal(response.status, 200)
    assert.equal(lastRefusal(world), undefined)
  })
}

const accepted: Record<string, AssertionChanges> = {
  'without a type': { header: { typ: undefined } },
  'of type JWT': { header: { typ: 'JWT' } },
  'of a type in full and in capitals': { header: { typ: 'Application/Client-Authentication+JWT' } },
  'whose audience is an array of one': { claims: { aud: [the.issuer] } },
  'without iat': { claims: { iat: undefined } },
  'with an nbf in the past': { claims: { nbf: now - 10 } },
  'by a clock that is 30 s ahead': { claims: { iat: now + 30, exp: now + 330 } },
  'that expired within the tolerance': { claims: { exp: now - 29 } },
  'with a jti of 256 characters': { claims: { jti: 'j'.repeat(256) } },
  'with claims that nobody knows': { claims: { extra: { deep: [1] } } },
}

for (const [name, changes] of Object.entries(accepted)) {
  test(`an assertion ${name} is accepted [A6]`, async () => {
    await using world = await servingAsserter()
    await presentAssertion(world, await someAssertion(changes))
    assert.equal(lastRefusal(world), undefined)
  })
}

const refusedAssertions: Record<string, [AssertionChanges, string]> = {
  'for the token endpoint': [{ claims: { aud: the.tokenEndpoint } }, 'assertion_audience_wrong'],
  'for the issuer with a slash': [
    { claims: { aud: `${the.issuer}/` } },
    'assertion_audience_wrong',
  ],
  'for the issuer in capitals': [
    { claims: { aud: the.issuer.toUpperCase() } },
    'assertion_audience_wrong',
  ],
  'for two audiences': [
    { claims: { aud: [the.issuer, 'https://other.example'] } },
    'assertion_audience_wrong',
  ],
  'for the issuer twice': [
    { claims: { aud: [the.issuer, the.issuer] } },
    'assertion_audience_wrong',
  ],
  'for nobody': [{ claims: { aud: undefined } }, 'assertion_audience_wrong'],
  'for an empty list': [{ claims: { aud: [] } }, 'assertion_audience_wrong'],
  'for a number': [{ claims: { aud: 1 } }, 'assertion_audience_wrong'],
  'by another issuer': [{ claims: { iss: 'somebody' } }, 'federated_identity_unknown'],
  'without an issuer': [{ claims: { iss: undefined } }, 'assertion_issuer_wrong'],
  'without a subject': [{ claims: { sub: undefined } }, 'assertion_issuer_wrong'],
  'that has expired': [{ claims: { exp: now - 30 } }, 'assertion_expired'],
  'without an expiry': [{ claims: { exp: undefined } }, 'assertion_times_malformed'],
  'with an expiry as text': [{ claims: { exp: String(now + 60) } }, 'assertion_times_malformed'],
  'that expires in six minutes': [{ claims: { exp: now + 360 } }, 'assertion_lifetime_too_long'],
  'issued in the future': [{ claims: { iat: now + 31 } }, 'assertion_not_yet_valid'],
  'not to be used yet': [{ claims: { nbf: now + 31 } }, 'assertion_not_yet_valid'],
  'with a malformed iat': [{ claims: { iat: 'now' } }, 'assertion_times_malformed'],
  'without an identifier': [{ claims: { jti: undefined } }, 'assertion_identifier_malformed'],
  'with an empty identifier': [{ claims: { jti: '' } }, 'assertion_identifier_malformed'],
  'with an identifier of a number': [{ claims: { jti: 7 } }, 'assertion_identifier_malformed'],
  'with an endless identifier': [
    { claims: { jti: 'j'.repeat(257) } },
    'assertion_identifier_malformed',
  ],
  'signed by somebody else under a registered kid': [
    { key: { ...attackerKeys.ES256, kid: 'fixture-es256' } },
    'assertion_signature_wrong',
  ],
  'signed by an unknown key': [{ key: attackerKeys.ES256 }, 'assertion_key_unknown'],
  'signed by a key for another algorithm': [
    { key: { ...fixtureKeys.RS256, alg: 'PS256' } },
    'assertion_key_unknown',
  ],
  'that is an access token': [{ header: { typ: 'at+jwt' } }, 'assertion_type_wrong'],
  'that is a DPoP proof': [{ header: { typ: 'dpop+jwt' } }, 'assertion_type_wrong'],
  'that is an introspection response': [
    { header: { typ: 'token-introspection+jwt' } },
    'assertion_type_wrong',
  ],
  'with a MAC by a public key': [
    { header: { alg: 'HS256' }, secret: fixtureKeys.ES256.x ?? '' },
    'authentication_method_not_registered',
  ],
  'with a longer MAC': [
    { header: { alg: 'HS512' }, secret: 's'.repeat(64) },
    'assertion_algorithm_not_allowed',
  ],
}

for (const [name, [changes, reason]] of Object.entries(refusedAssertions)) {
  test(`an assertion ${name} is refused: ${reason} [A6]`, async () => {
    await using world = await servingAsserter()
    const response = await presentAssertion(world, await someAssertion(changes))
    assert.equal(lastRefusal(world), reason)
    assert.equal(response.status, 401)
    const { error, error_description: description } = (await response.json()) as Record<
      string,
      string
    >
    assert.deepEqual([error, description], ['invalid_client', 'client authentication failed'])
  })
}

test('an assertion with alg none is refused [A6]', async () => {
  await using world = await servingAsserter()
  const [, payload] = (await someAssertion()).split('.')
  const header = Buffer.from('{"alg":"none"}').toString('base64url')
  for (const signature of ['', 'AA']) {
    await presentAssertion(world, `${header}.${payload}.${signature}`)
    const expected = signature === '' ? 'assertion_malformed' : 'assertion_algorithm_not_allowed'
    assert.equal(lastRefusal(world), expected)
  }
})

test('client_id may be left out beside an assertion, and has to match when it is there [A6]', async () => {
  await using world = await servingAsserter()
  const same = await presentAssertion(world, await someAssertion(), { client_id: asserter })
  assert.equal(same.status, 200)
  const other = await presentAssertion(world, await someAssertion(), { client_id: the.clientId })
  assert.equal(other.status, 400)
  assert.equal(lastRefusal(world), 'client_ids_differ')
})

test('another kind of assertion is refused [A6]', async () => {
  await using world = await servingAsserter()
  await presentAssertion(world, await someAssertion(), {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
  })
  assert.equal(lastRefusal(world), 'assertion_kind_unknown')
})

test('an assertion beside a secret is two methods, right or wrong [A1]', async () => {
  await using world = await servingAsserter()
  const response = await presentAssertion(world, 'nonsense', { client_secret: 'also' })
  assert.equal(response.status, 400)
  assert.equal(lastRefusal(world), 'several_authentication_methods')
})

test('a client that is registered with another method is not let in by its key [A6]', async () => {
  await using world = await servingAsserter({ authenticationMethods: ['client_secret_basic'] })
  await presentAssertion(world, await someAssertion())
  assert.equal(lastRefusal(world), 'authentication_method_not_registered')
})

test('a disabled client is refused, and its assertion not used up [A6]', async () => {
  await using world = await servingAsserter()
  await world.server.registry.setClientDisabled(asserter, true)
  const assertion = await someAssertion()
  await presentAssertion(world, assertion)
  assert.equal(lastRefusal(world), 'client_disabled')
  await world.server.registry.setClientDisabled(asserter, false)
  assert.equal((await presentAssertion(world, assertion)).status, 200)
})

test('two registered keys without a kid in the assertion are no key [A6]', async () => {
  await using world = await servingAsserter()
  const rs256 = { ...fixtureKeys.RS256, kid: undefined }
  await presentAssertion(world, await someAssertion({ key: rs256 as never }))
  assert.equal(lastRefusal(world), undefined, 'the other RSA key says that it is for PS256')
})

test('an assertion authenticates at introspection and revocation, too [A5]', async () => {
  await using world = await servingAsserter()
  for (const path of ['/oauth/introspect', '/oauth/revoke']) {
    const response = await world.post(path, {
      token: 'none',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await someAssertion(),
    })
    assert.equal(response.status, 200)
  }
})
