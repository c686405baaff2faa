import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { clientSecretJwt, type PrivateKeyJwtOptions, privateKeyJwt } from '@mintmark/client'
import { publicJwkOf, type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import { findSecret, fixtureKeys, seededRandom, the } from '@mintmark/testkit'
import { createLocalJWKSet, decodeJwt, importJWK, jwtVerify } from 'jose'
import { clientWorld, failureOf } from '../client-world.ts'

type World = ReturnType<typeof clientWorld>

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const thumbprint = 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEaw7Qm2nZx5c0'

/** The form fields of the last token request. */
function lastForm({ network }: World): URLSearchParams {
  const [request] = network.requestsTo(the.tokenEndpoint).slice(-1)
  assert(request)
  assert.equal(request.headers.get('authorization'), null)
  return new URLSearchParams(request.body)
}

function assertionIn(world: World): string {
  const form = lastForm(world)
  assert.equal(form.get('client_assertion_type'), jwtBearer)
  assert.equal(form.get('client_id'), the.clientId)
  assert.equal(form.has('client_secret'), false)
  return form.get('client_assertion') ?? ''
}

async function assertionBy(options: PrivateKeyJwtOptions): Promise<string> {
  const world = clientWorld({ clientAuthentication: privateKeyJwt(options) })
  await world.client.token()
  return assertionIn(world)
}

function verified(assertion: string, algorithm: SignatureAlgorithm) {
  const keys = createLocalJWKSet({ keys: [{ ...publicJwkOf(fixtureKeys[algorithm]) }] })
  return jwtVerify(assertion, keys, {
    currentDate: new Date(the.nowSeconds * 1000),
    algorithms: [algorithm],
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  })
}

for (const algorithm of signatureAlgorithms) {
  test(`signs assertions with ${algorithm} that jose accepts [C11]`, async () => {
    const assertion = await assertionBy({ key: fixtureKeys[algorithm] })
    const { payload, protectedHeader } = await verified(assertion, algorithm)
    const { jti, ...claims } = payload
    assert.match(`${jti}`, /^[\w-]{22}$/)
    assert.deepEqual(claims, {
      iss: the.clientId,
      sub: the.clientId,
      aud: the.tokenEndpoint,
      iat: the.nowSeconds - 2,
      nbf: the.nowSeconds - 2,
      exp: the.nowSeconds + 58,
    })
    assert.deepEqual(protectedHeader, {
      typ: 'client-authentication+jwt',
      alg: algorithm,
      kid: fixtureKeys[algorithm].kid,
    })
  })
}

test('makes an assertion of its own for each request [C11]', async () => {
  const { read } = privateKeyJwt({ key: fixtureKeys.EdDSA })
  const attempt = {
    clientId: the.clientId,
    audience: the.issuer,
    tokenEndpoint: the.tokenEndpoint,
    nowWallMs: the.nowSeconds * 1000,
    random: seededRandom(1),
  }
  const presented = await Promise.all(
    Array.from({ length: 1_000 }, async () => (await read()).present(attempt)),
  )
  const identifiers = presented.map(({ parameters }) => {
    const [, assertion = ''] = parameters.find(([name]) => name === 'client_assertion') ?? []
    return decodeJwt(assertion).jti
  })
  assert.equal(new Set(identifiers).size, 1_000)
})

test('names the issuer as the one audience where it is known, else the token endpoint [C11]', async () => {
  const rows: readonly [audience: string | undefined, withIssuer: string, without: string][] = [
    [undefined, the.issuer, the.tokenEndpoint],
    ['issuer', the.issuer, the.tokenEndpoint],
    ['token_endpoint', the.tokenEndpoint, the.tokenEndpoint],
    ['https://login.example/', 'https://login.example/', 'https://login.example/'],
  ]
  const key = fixtureKeys.ES256
  for (const [audience, withIssuer, without] of rows) {
    const chosen = audience === undefined ? {} : { audience }
    const clientAuthentication = privateKeyJwt({ key, ...chosen })
    const explicit = clientWorld({ clientAuthentication })
    await explicit.client.token()
    assert.equal((await verified(assertionIn(explicit), 'ES256')).payload.aud, without)
    const discovering = clientWorld({ clientAuthentication, issuer: the.issuer })
    discovering.network.respond(the.metadataUrl, metadataOf(['private_key_jwt']))
    await discovering.client.token()
    assert.equal((await verified(assertionIn(discovering), 'ES256')).payload.aud, withIssuer)
  }
})

function metadataOf(methods: readonly string[]): Response {
  const document = {
    issuer: the.issuer,
    token_endpoint: the.tokenEndpoint,
    token_endpoint_auth_methods_supported: methods,
  }
  return Response.json(document)
}

test('writes the header that the options ask for [C11]', async () => {
  const { kid: _, ...keyWithoutId } = fixtureKeys.RS256
  const rows: readonly [options: PrivateKeyJwtOptions, header: object][] = [
    [{ key: keyWithoutId }, { typ: 'client-authentication+jwt', alg: 'RS256' }],
    [
      { key: keyWithoutId, keyId: 'a', typ: 'JWT', certificateThumbprint: thumbprint },
      { typ: 'JWT', alg: 'RS256', kid: 'a', 'x5t#S256': thumbprint },
    ],
    [
      { key: fixtureKeys.RS256, keyId: 'mine' },
      { typ: 'client-authentication+jwt', alg: 'RS256', kid: 'mine' },
    ],
  ]
  const key = await importJWK({ ...publicJwkOf(keyWithoutId) })
  for (const [options, header] of rows) {
    const assertion = await assertionBy({ ...options, lifetimeSeconds: 300 })
    const currentDate = new Date(the.nowSeconds * 1000)
    const { protectedHeader, payload } = await jwtVerify(assertion, key, { currentDate })
    assert.deepEqual(protectedHeader, header)
    assert.equal(Number(payload.exp) - Number(payload.iat), 300)
  }
})

test('proves a secret by a MAC, and keeps the secret to itself [C11]', async () => {
  for (const algorithm of ['HS256', 'HS384', 'HS512'] as const) {
    const clientAuthentication = clientSecretJwt(the.clientSecret, { algorithm })
    const world = clientWorld({ clientAuthentication })
    await world.client.token()
    const assertion = assertionIn(world)
    const { protectedHeader, payload } = await jwtVerify(
      assertion,
      new TextEncoder().encode(the.clientSecret),
      { currentDate: new Date(the.nowSeconds * 1000), audience: the.tokenEndpoint },
    )
    assert.deepEqual(protectedHeader, { typ: 'client-authentication+jwt', alg: algorithm })
    assert.equal(payload.iss, the.clientId)
    assert.equal(findSecret(lastForm(world).toString(), the.clientSecret), undefined)
  }
})

test('takes a key from a function before each attempt, and another key for another credential [C7] [C11]', async () => {
  let key = fixtureKeys.ES256
  const clientAuthentication = privateKeyJwt({ key: () => Promise.resolve(key) })
  const world = clientWorld({ clientAuthentication })
  const refusal = () => Response.json({ error: 'invalid_client' }, { status: 401 })
  world.tokenEndpoint.fail(refusal)
  assert.equal((await failureOf(world.client.token())).code, 'client_refused')
  assert.equal((await failureOf(world.client.token())).attempts, 0)
  key = fixtureKeys.EdDSA
  await world.client.token()
  await verified(assertionIn(world), 'EdDSA')
  assert.equal(world.tokenEndpoint.requestCount, 2)
})

test('fails with credential_unavailable for a key that turns out to be none [C11]', async () => {
  const { kty, crv, x, y } = fixtureKeys.ES256
  const offCurve = { kty, crv, x: y, y: x, d: fixtureKeys.ES256.d } as typeof fixtureKeys.ES256
  const sources: readonly PrivateKeyJwtOptions['key'][] = [
    offCurve,
    () => offCurve,
    () => 'no key at all',
    () => Promise.reject(new Error(the.clientSecret)),
    () => undefined as unknown as string,
  ]
  for (const key of sources) {
    const { client, events } = clientWorld({ clientAuthentication: privateKeyJwt({ key }) })
    const error = await failureOf(client.token())
    assert.deepEqual([error.code, error.kind], ['credential_unavailable', 'transient'])
    const [told] = events.filter(({ type }) => type === 'credential_unavailable')
    assert.deepEqual(told, { type: 'credential_unavailable', position: 1, causeCode: undefined })
    assert.equal(findSecret(inspect([error, events]), the.clientSecret), undefined)
  }
})

test('refuses wrong options without naming the key [C10] [C11]', () => {
  const key = fixtureKeys.ES256
  const rows: readonly [options: object, names: RegExp][] = [
    [{}, /key/],
    [{ key, keyid: 'a' }, /keyid/],
    [{ key, keyId: '' }, /keyId/],
    [{ key, algorithm: 'none' }, /algorithm/],
    [{ key, algorithm: 'HS256' }, /algorithm/],
    [{ key, algorithm: 'RS256' }, /key/],
    [{ key, audience: '' }, /audience/],
    [{ key, audience: ['a'] }, /audience/],
    [{ key, lifetimeSeconds: 0 }, /lifetimeSeconds/],
    [{ key, lifetimeSeconds: 301 }, /lifetimeSeconds/],
    [{ key, lifetimeSeconds: 1.5 }, /lifetimeSeconds/],
    [{ key, typ: 'at+jwt' }, /typ/],
    [{ key, certificateThumbprint: 'a' }, /certificateThumbprint/],
  ]
  for (const [options, names] of rows) {
    assert.throws(() => privateKeyJwt(options as PrivateKeyJwtOptions), names)
  }
  assert.throws(() => clientSecretJwt(''), /clientSecret/)
  assert.throws(() => clientSecretJwt('a', { algorithm: 'ES256' as 'HS256' }), /algorithm/)
})

test('prints nothing of a key or a secret [C10]', () => {
  const key = fixtureKeys.ES256
  for (const method of [privateKeyJwt({ key }), clientSecretJwt(the.clientSecret)]) {
    const printed = inspect(method, { depth: 9, showHidden: true }) + JSON.stringify(method)
    assert.equal(findSecret(printed, key.d), undefined)
    assert.equal(findSecret(printed, the.clientSecret), undefined)
  }
})
