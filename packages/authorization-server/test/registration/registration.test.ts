import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import { value } from '../registry/registry-world.ts'
import { registrationWorld, url } from './registration-world.ts'

test('a machine registers itself, and gets tokens with what it was given [A7]', async () => {
  await using there = await registrationWorld()
  const { status, headers, body } = await there.register({
    client_name: 'Wärmepumpe 7',
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_basic',
    software_id: 'unknown members are ignored',
  })
  assert.equal(status, 201)
  assert.equal(headers.get('cache-control'), 'no-store')
  const { client_id, client_secret, registration_access_token, registration_client_uri } = body
  assert.deepEqual(body, {
    ...{ client_id, client_secret, registration_access_token, registration_client_uri },
    client_id_issued_at: Date.parse('2026-11-23T12:00:00Z') / 1000,
    client_secret_expires_at: 0,
    client_name: 'Wärmepumpe 7',
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'decisions:read',
  })
  assert.equal(registration_client_uri, `${url}?client_id=${client_id}`)
  const issued = await there.tokenFor(client_id, client_secret)
  assert.deepEqual([issued.status, issued.body.scope], [200, 'decisions:read'])
  const records = await there.session.auditRecords(0, 100)
  const last = records.findLast((record) => record.action === 'client_created')
  assert.deepEqual([last?.actor, last?.via], ['client:onboarding', 'registration'])
})

test('a client reads, replaces and deletes its own registration, and nobody else does [A7]', async () => {
  await using there = await registrationWorld()
  const { body: registered } = await there.register({ client_name: 'one' })
  const { client_id, client_secret, registration_access_token: token } = registered
  const uri = registered.registration_client_uri
  const seen = await there.send('GET', uri, token)
  assert.equal(seen.status, 200)
  const { client_secret: _, client_secret_expires_at: __, ...shown } = registered
  const { registration_access_token: next } = seen.body
  assert.deepEqual(seen.body, { ...shown, registration_access_token: next })
  const replaced = await there.send('PUT', uri, next, { client_id, client_name: 'two' })
  assert.deepEqual([replaced.status, replaced.body.client_name], [200, 'two'])
  assert.equal(replaced.body.client_secret, undefined)
  const { body: other } = await there.register({})
  for (const wrong of [undefined, 'x', 'mm_reg_AAAA', other.registration_access_token]) {
    const refused = await there.send('GET', uri, wrong)
    assert.equal(refused.status, 401)
    const challenge = refused.headers.get('www-authenticate')
    const expected = 'Bearer realm="registration"'
    assert.equal(challenge, wrong === undefined ? expected : `${expected}, error="invalid_token"`)
  }
  assert.equal((await there.tokenFor(client_id, client_secret)).status, 200)
  assert.equal((await there.send('DELETE', uri, token)).status, 204)
  assert.equal((await there.tokenFor(client_id, client_secret)).status, 401)
  for (const method of ['GET', 'DELETE']) {
    assert.equal((await there.send(method, uri, token)).status, 401)
  }
})

test('a registration access token opens no later client of the same id, and no disabled one [A7]', async () => {
  await using there = await registrationWorld()
  const { body } = await there.register({})
  const { client_id: id, registration_access_token: token, registration_client_uri: uri } = body
  value(await there.server.registry.setClientDisabled(id, true))
  assert.equal((await there.send('GET', uri, token)).status, 401)
  value(await there.server.registry.deleteClient(id))
  await there.clock.advance(1_000)
  value(await there.server.registry.createClient({ id, scope: the.scope }))
  assert.equal((await there.send('GET', uri, token)).status, 401)
})

test('no client gets more scope than the policy has, and keeps what an operator gave it [A3] [A7]', async () => {
  await using there = await registrationWorld()
  const wide = await there.register({ scope: 'decisions:read applications:write' })
  assert.deepEqual([wide.status, wide.body.error], [400, 'invalid_client_metadata'])
  assert.equal((await there.register({ scope: 'later' })).status, 400)
  const { body } = await there.register({ scope: 'decisions:read' })
  const { client_id, registration_access_token: token, registration_client_uri: uri } = body
  const put = (more: object) => there.send('PUT', uri, token, { client_id, ...more })
  assert.equal((await put({ scope: 'applications:write' })).status, 400)
  value(await there.server.registry.updateClient(client_id, { scope: the.scope }))
  assert.equal((await put({})).body.scope, the.scope)
  assert.equal((await put({ scope: 'decisions:read' })).body.scope, 'decisions:read')
  assert.equal((await put({ scope: the.scope })).status, 400)
})

test('without a policy a registered client has nothing until an operator gives it something [A3]', async () => {
  await using there = await registrationWorld({})
  const { status, body } = await there.register({})
  assert.deepEqual([status, body.scope], [201, undefined])
  assert.equal((await there.register({ scope: 'decisions:read' })).status, 400)
  const refused = await there.tokenFor(body.client_id, body.client_secret)
  assert.equal(refused.body.error, 'unauthorized_client')
})

test('a client registers keys instead of a secret, and gets one when it goes back to secrets [A6] [A7]', async () => {
  await using there = await registrationWorld()
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwks = { keys: [publicKey.export({ format: 'jwk' })] }
  const keyed = { token_endpoint_auth_method: 'private_key_jwt', dpop_bound_access_tokens: true }
  const { status, body } = await there.register({ ...keyed, jwks })
  assert.equal(status, 201)
  assert.deepEqual(
    [body.client_secret, body.jwks, body.dpop_bound_access_tokens],
    [undefined, jwks, true],
  )
  const { client_id, registration_access_token: token, registration_client_uri: uri } = body
  const replaced = await there.send('PUT', uri, token, { client_id })
  assert.match(replaced.body.client_secret, /^mm_live_/)
  assert.equal(replaced.body.jwks, undefined)
  const leaked = { keys: [privateKey.export({ format: 'jwk' })] }
  const refused = await there.register({ ...keyed, jwks: leaked })
  assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_client_metadata'])
})
