import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attackerKeys } from '@mintmark/testkit'
import { importJWK, type JWK, SignJWT } from 'jose'
import {
  basicOf,
  obtainToken,
  otherAudience,
  registerClient,
  type Serving,
  serving,
  the,
} from '../serving.ts'

async function introspect(
  world: Serving,
  token: string,
  authorization = world.basic,
): Promise<unknown> {
  const response = await world.post('/oauth/introspect', { token }, { authorization })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  return response.json()
}

const inactive = { active: false }

test('a client learns everything about its own active token [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const { jti, ...answer } = (await introspect(world, token)) as Record<string, unknown>
  assert.match(String(jti), /^[\w-]{22}$/)
  assert.deepEqual(answer, {
    active: true,
    scope: the.scope,
    client_id: the.clientId,
    token_type: 'Bearer',
    exp: the.nowSeconds + 600,
    iat: the.nowSeconds,
    sub: the.clientId,
    aud: the.audience,
    iss: the.issuer,
  })
})

test('an expired token is inactive from its very second on [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  await world.clock.advance(599_999)
  assert.equal(((await introspect(world, token)) as { active: boolean }).active, true)
  await world.clock.advance(1)
  assert.deepEqual(await introspect(world, token), inactive)
})

test('the tokens of a disabled or deleted client are inactive, for good [A9]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const draft = { id: 'api', scope: '', servesResources: [the.audience] }
  const api = basicOf('api', (await registerClient(world.server, draft)).reveal())
  await world.server.registry.setClientDisabled(the.clientId, true)
  assert.deepEqual(await introspect(world, token, api), inactive)
  await world.server.registry.setClientDisabled(the.clientId, false)
  assert.deepEqual(await introspect(world, token, api), inactive)
  await world.clock.advance(1_000)
  const later = await obtainToken(world)
  assert.equal(((await introspect(world, later, api)) as { active: boolean }).active, true)
  await world.server.registry.deleteClient(the.clientId)
  assert.deepEqual(await introspect(world, later, api), inactive)
})

test('a stranger to the audience learns nothing [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const stranger = await registerClient(world.server, { id: 'stranger', scope: 'other:read' })
  assert.deepEqual(await introspect(world, token, basicOf('stranger', stranger.reveal())), inactive)
})

test('once a resource has its own server, other clients of it learn nothing about tokens of others', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const peer = basicOf(
    'peer',
    (await registerClient(world.server, { id: 'peer', scope: the.scope })).reveal(),
  )
  assert.equal(((await introspect(world, token, peer)) as { active: boolean }).active, true)
  const draft = { id: 'api', scope: '', servesResources: [the.audience] }
  const api = basicOf('api', (await registerClient(world.server, draft)).reveal())
  assert.deepEqual(await introspect(world, token, peer), inactive)
  assert.equal(((await introspect(world, token, api)) as { active: boolean }).active, true)
})

test('the server of another resource learns nothing', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const draft = { id: 'api', scope: '', servesResources: [otherAudience] }
  const api = basicOf('api', (await registerClient(world.server, draft)).reveal())
  assert.deepEqual(await introspect(world, token, api), inactive)
})

const doubtful: readonly (readonly [
  title: string,
  make: (token: string) => string | Promise<string>,
])[] = [
  ['garbage', () => 'garbage'],
  ['an opaque-looking token', () => 'a'.repeat(43)],
  ['three dots', () => '...'],
  ['a token with its signature cut off', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
  [
    'a token with one octet of its payload changed',
    (token) => token.replace(/\.(.)/, (_, first) => `.${first === 'e' ? 'f' : 'e'}`),
  ],
  ['a token with padding', (token) => `${token}=`],
  ['a token with white space around it', (token) => ` ${token} `],
  ['a token that somebody else signed under our kid', forged],
  ['a megabyte', () => 'a'.repeat(15_000)],
]

for (const [title, make] of doubtful) {
  test(`${title} is inactive, not an error [A5]`, async () => {
    await using world = await serving()
    const token = await make(await obtainToken(world))
    assert.deepEqual(await introspect(world, token), inactive)
  })
}

test('a caller without valid credentials is refused with 401 and a challenge, whatever the token [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  for (const authorization of ['', basicOf(the.clientId, 'wrong'), `Token ${token}`]) {
    const headers: Record<string, string> = authorization === '' ? {} : { authorization }
    const response = await world.post('/oauth/introspect', { token }, headers)
    assert.equal(response.status, 401)
    assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /)
  }
})

test('a request without a token is invalid, and not told before the caller is known', async () => {
  await using world = await serving()
  const known = await world.post('/oauth/introspect', {}, { authorization: world.basic })
  const unknown = await world.post('/oauth/introspect', {})
  assert.deepEqual([known.status, unknown.status], [400, 401])
})

/** The same header and claims, signed with a key of our algorithm that is not ours. */
async function forged(token: string): Promise<string> {
  const [header, payload] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString())
  const key = await importJWK(attackerKeys.ES256 as JWK, 'ES256')
  return new SignJWT(JSON.parse(payload ?? ''))
    .setProtectedHeader(JSON.parse(header ?? ''))
    .sign(key)
}
