import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuthorizationServer, sqlite } from '../../src/index.ts'
import {
  basicOf,
  obtainToken,
  registerClient,
  type Serving,
  serving,
  type TokenAnswer,
  the,
} from '../serving.ts'

const opaqueAudience = 'https://opaque.example'

async function opaqueWorld(): Promise<Serving & { readonly basicOfOpaque: string }> {
  const world = await serving()
  const { registry } = world.server
  await registry.createResource({
    id: opaqueAudience,
    scope: 'read write',
    lifetimeSeconds: 300,
    tokenFormat: 'opaque',
  })
  const secret = await registerClient(world.server, { id: 'opaque', scope: 'read write' })
  return { ...world, basicOfOpaque: basicOf('opaque', secret.reveal()) }
}

async function answerTo(world: Serving, path: string, form: Record<string, string>, basic: string) {
  const response = await world.post(path, form, { authorization: basic })
  assert.equal(response.status, 200)
  return response.text()
}

const grant = { grant_type: 'client_credentials' }

test('a resource may have opaque tokens, which say nothing and introspect like JWTs [A4] [A5]', async () => {
  await using world = await opaqueWorld()
  const answer = JSON.parse(
    await answerTo(world, '/oauth/token', grant, world.basicOfOpaque),
  ) as TokenAnswer
  assert.match(answer.access_token, /^mo_[\w-]{100,250}$/)
  const decoded = Buffer.from(answer.access_token.slice(3), 'base64url').toString('latin1')
  for (const hidden of ['opaque', 'read', opaqueAudience]) assert.ok(!decoded.includes(hidden))
  assert.deepEqual(
    { ...answer, access_token: '' },
    { access_token: '', token_type: 'Bearer', expires_in: 300, scope: 'read write' },
  )
  const form = { token: answer.access_token }
  const introspected = await answerTo(world, '/oauth/introspect', form, world.basicOfOpaque)
  const { jti, ...rest } = JSON.parse(introspected)
  assert.match(jti, /^[\w-]{22}$/)
  assert.equal(world.events.findLast((event) => event.type === 'token_issued')?.jti, jti)
  assert.deepEqual(rest, {
    active: true,
    scope: 'read write',
    client_id: 'opaque',
    token_type: 'Bearer',
    exp: the.nowSeconds + 300,
    iat: the.nowSeconds,
    sub: 'opaque',
    aud: opaqueAudience,
    iss: the.issuer,
  })
})

test('an opaque token dies at its very second, by revocation and with its client [A5] [A9]', async () => {
  await using world = await opaqueWorld()
  const isActive = async (token: string): Promise<boolean> =>
    JSON.parse(await answerTo(world, '/oauth/introspect', { token }, world.basicOfOpaque)).active
  const issue = async (): Promise<string> =>
    JSON.parse(await answerTo(world, '/oauth/token', grant, world.basicOfOpaque)).access_token
  const [expiring, revoked, other] = [await issue(), await issue(), await issue()]
  assert.ok((await isActive(revoked)) && (await isActive(other)))
  await answerTo(world, '/oauth/revoke', { token: revoked }, world.basicOfOpaque)
  assert.deepEqual([await isActive(revoked), await isActive(other)], [false, true])
  await world.clock.advance(299_999)
  assert.equal(await isActive(expiring), true)
  await world.clock.advance(1)
  assert.equal(await isActive(expiring), false)
})

test('an opaque token of another issuer or database is inactive, and one that was tampered with [A5]', async () => {
  await using world = await opaqueWorld()
  const foreign = await createAuthorizationServer({
    issuer: the.issuer,
    storage: sqlite(':memory:'),
    clock: world.clock,
  })
  const form = { id: opaqueAudience, scope: 'read', tokenFormat: 'opaque' } as const
  await foreign.registry.createResource(form)
  const secret = (await registerClient(foreign, { id: 'opaque', scope: 'read' })).reveal()
  const response = await foreign.fetch(
    new Request(the.tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams(grant),
      headers: { authorization: basicOf('opaque', secret) },
    }),
  )
  const { access_token } = (await response.json()) as TokenAnswer
  await foreign.close()
  for (const token of [access_token, `${access_token}A`, 'mo_', 'mo_AAAA']) {
    const said = await answerTo(world, '/oauth/introspect', { token }, world.basicOfOpaque)
    assert.equal(said, '{"active":false}')
  }
})

test('JWTs and opaque tokens never share a request', async () => {
  await using world = await opaqueWorld()
  const secret = await registerClient(world.server, { id: 'both', scope: `${the.scope} read` })
  const authorization = basicOf('both', secret.reveal())
  const response = await world.post('/oauth/token', grant, { authorization })
  assert.equal(((await response.json()) as { error: string }).error, 'invalid_target')
  assert.match(await obtainToken(world), /^ey/)
})

test('a grant that does not fit into a token is refused, opaque or not [A4]', async () => {
  await using world = await opaqueWorld()
  for (const [at, tokenFormat] of (['jwt', 'opaque'] as const).entries()) {
    const scope = Array.from({ length: 20 }, (_, one) => `s${at}.${one}${'x'.repeat(190)}`).join(
      ' ',
    )
    const id = `https://${'y'.repeat(2_000)}${at}.example`
    await world.server.registry.createResource({ id, scope, tokenFormat })
    const client = `large${at}`
    const secret = await registerClient(world.server, { id: client, scope })
    const authorization = basicOf(client, secret.reveal())
    const response = await world.post('/oauth/token', grant, { authorization })
    assert.equal(response.status, 400)
    assert.equal(world.events.at(-1)?.type, 'request_refused')
    const { error_description } = (await response.json()) as { error_description: string }
    assert.match(error_description, /does not fit into an access token/)
  }
})
