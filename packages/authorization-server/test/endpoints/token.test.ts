import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '@mintmark/runtime'
import fc from 'fast-check'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import {
  basicOf,
  obtainToken,
  registerClient,
  type Serving,
  sendTokenRequest,
  serving,
  type TokenAnswer,
  the,
} from '../serving.ts'

const form = { grant_type: 'client_credentials' }

async function keySet(world: Serving) {
  const response = await world.server.fetch(new Request(the.jwksUri))
  return createLocalJWKSet((await response.json()) as JSONWebKeySet)
}

test('a client gets a token of RFC 9068 that jose verifies by the published key [A1] [A4]', async () => {
  await using world = await serving()
  const response = await world.post('/oauth/token', form, { authorization: world.basic })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/json')
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.equal(response.headers.get('pragma'), 'no-cache')
  const answer = (await response.json()) as TokenAnswer
  const { payload, protectedHeader } = await jwtVerify(answer.access_token, await keySet(world), {
    issuer: the.issuer,
    audience: the.audience,
    typ: 'at+jwt',
    algorithms: ['ES256'],
    currentDate: new Date(the.nowSeconds * 1000),
    requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
  })
  assert.equal(protectedHeader.typ, 'at+jwt')
  assert.deepEqual(
    { ...payload, jti: undefined },
    {
      iss: the.issuer,
      sub: the.clientId,
      aud: the.audience,
      client_id: the.clientId,
      scope: the.scope,
      iat: the.nowSeconds,
      exp: the.nowSeconds + 600,
      jti: undefined,
    },
  )
  assert.deepEqual(
    { ...answer, access_token: '' },
    { access_token: '', token_type: 'Bearer', expires_in: 600, scope: the.scope },
  )
})

test('no two tokens share a jti, also within one turn [A4]', async () => {
  await using world = await serving()
  const tokens = await Promise.all(Array.from({ length: 100 }, () => obtainToken(world)))
  const ids = tokens.map((token) => JSON.parse(atob(token.split('.')[1] ?? '')).jti)
  assert.equal(new Set(ids).size, 100)
})

for (const algorithm of ['EdDSA', 'RS256', 'PS256'] as const) {
  test(`a resource may have its tokens signed with ${algorithm} [A4]`, async () => {
    await using world = await serving()
    const id = `https://${algorithm.toLowerCase()}.example`
    await world.server.registry.createResource({ id, scope: 'special', algorithm })
    const secret = await registerClient(world.server, { id: 'other', scope: 'special' })
    const response = await world.post('/oauth/token', form, {
      authorization: basicOf('other', secret.reveal()),
    })
    const { access_token } = (await response.json()) as TokenAnswer
    const currentDate = new Date(the.nowSeconds * 1000)
    const { protectedHeader } = await jwtVerify(access_token, await keySet(world), {
      audience: id,
      currentDate,
    })
    assert.equal(protectedHeader.alg, algorithm)
  })
}

const granted: readonly (readonly [title: string, send: (world: Serving) => Promise<Response>])[] =
  [
    [
      'the secret in the body',
      (world) =>
        world.post('/oauth/token', {
          ...form,
          client_id: the.clientId,
          client_secret: world.secret,
        }),
    ],
    [
      'the client id in the body beside Basic, when it is the same',
      (world) =>
        world.post(
          '/oauth/token',
          { ...form, client_id: the.clientId },
          { authorization: world.basic },
        ),
    ],
    [
      'the Basic scheme in another case',
      (world) =>
        world.post('/oauth/token', form, { authorization: world.basic.replace('Basic', 'bAsIc') }),
    ],
    [
      'form-encoded Basic credentials',
      (world) =>
        world.post('/oauth/token', form, { authorization: basicOf('partner%2Da', world.secret) }),
    ],
    [
      'a JSON body',
      (world) =>
        sendJson(world, {
          ...form,
          client_id: the.clientId,
          client_secret: world.secret,
          scope: '*',
        }),
    ],
    [
      'a media type with parameters, in another case',
      (world) =>
        sendTokenRequest(world, 'grant_type=client_credentials', {
          authorization: world.basic,
          'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
        }),
    ],
    [
      'unknown and empty parameters',
      (world) =>
        world.post(
          '/oauth/token',
          { ...form, scope: '', foo: 'bar', resource: '' },
          { authorization: world.basic },
        ),
    ],
    [
      'a resource and a scope of it',
      (world) =>
        world.post(
          '/oauth/token',
          { ...form, resource: the.audience, scope: 'decisions:read' },
          { authorization: world.basic },
        ),
    ],
    [
      'a query that repeats nothing of the request',
      (world) => world.post('/oauth/token?trace=1', form, { authorization: world.basic }),
    ],
  ]

for (const [title, request] of granted) {
  test(`the token endpoint accepts ${title} [A1]`, async () => {
    await using world = await serving()
    const response = await request(world)
    assert.equal(response.status, 200, await response.clone().text())
  })
}

test('clients unknown, disabled, barred or badly authenticated get one answer but for the reference [A6]', async () => {
  await using world = await serving()
  const post = (authorization: string) => world.post('/oauth/token', form, { authorization })
  await registerClient(world.server, {
    id: 'posting',
    scope: the.scope,
    authenticationMethods: ['client_secret_post'],
  })
  const answers = [
    await post(basicOf('nobody', 'x')),
    await post(basicOf(the.clientId, 'x')),
    await post(basicOf('posting', 'x')),
  ]
  await world.server.registry.setClientDisabled(the.clientId, true)
  answers.push(await post(world.basic))
  const seen = await Promise.all(
    answers.map(async (answer) => {
      const withoutReference = (await answer.text()).replace(/refusal:[\w-]{320}"/, '')
      return [answer.status, [...answer.headers], withoutReference]
    }),
  )
  for (const one of seen) assert.deepEqual(one, seen[0])
  assert.doesNotMatch(String(seen[0]), /refusal:/)
})

test('a client registered for one method is refused with the other [A6]', async () => {
  await using world = await serving()
  const draft = { id: 'posting', scope: the.scope, authenticationMethods: ['client_secret_post'] }
  const secret = (await registerClient(world.server, draft)).reveal()
  const basic = await world.post('/oauth/token', form, {
    authorization: basicOf('posting', secret),
  })
  const post = await world.post('/oauth/token', {
    ...form,
    client_id: 'posting',
    client_secret: secret,
  })
  assert.deepEqual([basic.status, post.status], [401, 200])
})

test('a disabled client gets no token, and gets one again when it is enabled [A3]', async () => {
  await using world = await serving()
  const post = () => world.post('/oauth/token', form, { authorization: world.basic })
  await world.server.registry.setClientDisabled(the.clientId, true)
  assert.equal((await post()).status, 401)
  await world.server.registry.setClientDisabled(the.clientId, false)
  assert.equal((await post()).status, 200)
})

test('no answer of the token endpoint repeats what was sent, and none is a 500 [A1]', async () => {
  await using world = await serving()
  // Not of the alphabet of base64url, which a reference may be full of.
  const marker = 'z~q'
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 40 })
  const parameters = fc.array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('grant_type', 'scope', 'client_id', 'client_secret', 'resource'),
        text,
      ),
      fc.oneof(fc.constantFrom('client_credentials', '*', the.audience, the.clientId), text),
    ),
    { maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(parameters, fc.boolean(), async (pairs, withBasic) => {
      const marked = pairs.map(([name, value]) => [name, value + marker] as [string, string])
      const body = new URLSearchParams(marked).toString()
      const headers: Record<string, string> = withBasic ? { authorization: world.basic } : {}
      const response = await world.post('/oauth/token', body, headers)
      const answer = await response.text()
      assert.ok(response.status < 500)
      assert.equal(answer.includes(marker), false)
    }),
    { numRuns: 300 },
  )
})

test('issuing a token asks the clock of the world and nothing else about the time', async () => {
  await using world = await serving()
  await world.clock.advance(5_000)
  const claims = JSON.parse(atob((await obtainToken(world)).split('.')[1] ?? ''))
  assert.equal(claims.iat, the.nowSeconds + 5)
  assert.ok(Math.abs(systemClock.wallMs() / 1000 - claims.iat) > 5)
})

function sendJson(world: Serving, body: unknown): Promise<Response> {
  return sendTokenRequest(world, JSON.stringify(body), { 'content-type': 'application/json' })
}
