import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { someProof } from '../sender-binding/proofs.ts'
import {
  basicOf,
  obtainToken,
  registerClient,
  type Serving,
  serving,
  type TokenAnswer,
  the,
} from '../serving.ts'

const askedAudience = 'https://asked.example'
const signedType = 'application/token-introspection+jwt'

/** A resource that lets access tokens ask, a client of it, and its resource server with such a token. */
async function askedWorld() {
  const world = await serving()
  const scope = 'asked:read introspect'
  await world.server.registry.createResource({ id: askedAudience, scope })
  const obtain = async (id: string, ceiling: string) => {
    const secret = (await registerClient(world.server, { id, scope: ceiling })).reveal()
    const form = { grant_type: 'client_credentials' }
    const answer = await world.post('/oauth/token', form, { authorization: basicOf(id, secret) })
    return ((await answer.json()) as TokenAnswer).access_token
  }
  const caller = await obtain('calling', 'asked:read')
  const asking = await obtain('asking', 'introspect')
  return { ...world, caller, asking }
}

function ask(world: Serving, token: string, authorization: string, more = {}) {
  return world.post('/oauth/introspect', { token }, { authorization, ...more })
}

test('an access token with the scope introspect asks about tokens for its resource and no other [A5]', async () => {
  await using world = await askedWorld()
  const bearer = `bearer ${world.asking}`
  const about = (await (await ask(world, world.caller, bearer)).json()) as Record<string, unknown>
  assert.deepEqual([about.active, about.client_id], [true, 'calling'])
  const foreign = await ask(world, await obtainToken(world), bearer)
  assert.deepEqual([foreign.status, await foreign.json()], [200, { active: false }])
})

test('a token without that scope is 403, one that is not active 401, both with a Bearer challenge [A5]', async () => {
  await using world = await askedWorld()
  const lacking = await ask(world, world.caller, `Bearer ${world.caller}`)
  const otherwise = await ask(world, world.caller, `Bearer ${await obtainToken(world)}`)
  const garbage = await ask(world, world.caller, 'Bearer garbage')
  const challenges = [lacking, otherwise, garbage].map((one) => one.headers.get('www-authenticate'))
  assert.deepEqual([lacking.status, otherwise.status, garbage.status], [403, 403, 401])
  assert.match(challenges[0] ?? '', /^Bearer realm="[^"]+", error="insufficient_scope"$/)
  assert.match(challenges[2] ?? '', /^Bearer realm="[^"]+", error="invalid_token"$/)
  await world.clock.advance(900_000)
  assert.equal((await ask(world, world.caller, `Bearer ${world.asking}`)).status, 401)
})

test('an access token beside other credentials is refused, and so is a request without a token [A5]', async () => {
  await using world = await askedWorld()
  const authorization = `Bearer ${world.asking}`
  const post = (form: Record<string, string>) =>
    world.post('/oauth/introspect', form, { authorization })
  const both = await post({ token: world.caller, client_secret: world.secret })
  assert.equal(both.status, 400)
  assert.equal((await post({})).status, 400)
  assert.equal((await world.post('/oauth/introspect', '%', { authorization })).status, 400)
})

test('a resource server sees of a shared token only what concerns its own resource [A5]', async () => {
  await using world = await askedWorld()
  const scope = `decisions:read asked:read`
  const secret = (await registerClient(world.server, { id: 'sharing', scope })).reveal()
  const sharing = basicOf('sharing', secret)
  const form = { grant_type: 'client_credentials' }
  const issued = await world.post('/oauth/token', form, { authorization: sharing })
  const { access_token } = (await issued.json()) as TokenAnswer
  const said = async (authorization: string) =>
    (await (await ask(world, access_token, authorization)).json()) as Record<string, unknown>
  assert.equal((await said(sharing)).scope, 'asked:read decisions:read')
  const byToken = await said(`Bearer ${world.asking}`)
  assert.equal(byToken.scope, 'asked:read')
  assert.deepEqual(byToken.aud, [the.audience, askedAudience])
  const draft = { id: 'api', scope: '', servesResources: [the.audience] }
  const api = basicOf('api', (await registerClient(world.server, draft)).reveal())
  assert.equal((await said(api)).scope, 'decisions:read')
})

test('whoever asks for signed answers gets them, and jose verifies them [A5]', async () => {
  await using world = await askedWorld()
  const jwks = await world.server.fetch(new Request(the.jwksUri))
  const keys = createLocalJWKSet((await jwks.json()) as JSONWebKeySet)
  const verify = async (response: Response, audience: string) => {
    assert.equal(response.headers.get('content-type'), signedType)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const { payload } = await jwtVerify(await response.text(), keys, {
      issuer: the.issuer,
      audience,
      typ: 'token-introspection+jwt',
      currentDate: new Date(the.nowSeconds * 1000),
    })
    return payload
  }
  const token = await obtainToken(world)
  const signed = await ask(world, token, world.basic, { accept: signedType })
  const payload = await verify(signed, the.clientId)
  const plain = await (await ask(world, token, world.basic)).json()
  assert.deepEqual(payload, {
    iss: the.issuer,
    aud: the.clientId,
    iat: the.nowSeconds,
    token_introspection: plain,
  })
  const none = await ask(world, 'garbage', `Bearer ${world.asking}`, {
    accept: `application/json;q=0.1, ${signedType.toUpperCase()}`,
  })
  const { token_introspection } = await verify(none, 'asking')
  assert.deepEqual(token_introspection, { active: false })
})

test('answers are JSON for every other Accept, and refusals always [A5]', async () => {
  await using world = await askedWorld()
  const typeOf = async (accept: string, authorization = world.basic) =>
    (await ask(world, 'garbage', authorization, { accept })).headers.get('content-type')
  for (const accept of ['*/*', 'application/*', `${signedType};q=0`, `x${signedType}`, 'a,;=']) {
    assert.equal(await typeOf(accept), 'application/json')
  }
  assert.equal(await typeOf(signedType, 'Basic garbage'), 'application/json')
  assert.equal(await typeOf(signedType, 'Bearer garbage'), 'application/json')
})

test('a signed answer is no access token: neither here nor for a guard of jose [A5]', async () => {
  await using world = await askedWorld()
  const token = await obtainToken(world)
  const signed = await ask(world, token, world.basic, { accept: signedType })
  const again = await ask(world, await signed.text(), world.basic)
  assert.deepEqual(await again.json(), { active: false })
})

test('a token is remembered, and yet dies with its key, its client and its revocation [A5] [A9]', async () => {
  await using world = await askedWorld()
  const token = await obtainToken(world)
  const isActive = async (): Promise<unknown> =>
    ((await (await ask(world, token, world.basic)).json()) as { active: boolean }).active
  assert.deepEqual([await isActive(), await isActive()], [true, true])
  await world.post('/oauth/revoke', { token }, { authorization: world.basic })
  assert.equal(await isActive(), false)
})

test('a bound token asks for nobody: no proof of its key is seen here [A5] [A7]', async () => {
  await using world = await askedWorld()
  const secret = (await registerClient(world.server, { id: 'bound', scope: 'introspect' })).reveal()
  const headers = { authorization: basicOf('bound', secret), dpop: await someProof() }
  const issued = await world.post('/oauth/token', { grant_type: 'client_credentials' }, headers)
  const { access_token } = (await issued.json()) as TokenAnswer
  assert.equal((await ask(world, world.caller, `Bearer ${access_token}`)).status, 401)
})
