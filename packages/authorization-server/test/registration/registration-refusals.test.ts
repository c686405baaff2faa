import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import fc from 'fast-check'
import type { RegistrationOptions } from '../../src/index.ts'
import { registrationWorld, url, type World } from './registration-world.ts'

const refusedMetadata: readonly (readonly [object, string])[] = [
  [{ redirect_uris: ['https://app.example/cb'] }, 'invalid_redirect_uri'],
  [{ grant_types: ['authorization_code'] }, 'invalid_client_metadata'],
  [{ grant_types: ['client_credentials', 'refresh_token'] }, 'invalid_client_metadata'],
  [{ grant_types: [] }, 'invalid_client_metadata'],
  [{ grant_types: 'client_credentials' }, 'invalid_client_metadata'],
  [{ response_types: ['code'] }, 'invalid_client_metadata'],
  [{ token_endpoint_auth_method: 'none' }, 'invalid_client_metadata'],
  [{ token_endpoint_auth_method: 'federated_jwt' }, 'invalid_client_metadata'],
  [{ token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
  [{ token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
  [{ jwks: { keys: [] }, jwks_uri: 'https://a.example' }, 'invalid_client_metadata'],
  [{ jwks: 'text' }, 'invalid_client_metadata'],
  [{ jwks_uri: 'http://a.example/jwks' }, 'invalid_client_metadata'],
  [{ client_name: 7 }, 'invalid_client_metadata'],
  [{ client_name: 'two\nlines' }, 'invalid_client_metadata'],
  [{ scope: ['decisions:read'] }, 'invalid_client_metadata'],
  [{ dpop_bound_access_tokens: 'yes' }, 'invalid_client_metadata'],
  [
    { dpop_bound_access_tokens: true, tls_client_certificate_bound_access_tokens: true },
    'invalid_client_metadata',
  ],
  [{ tls_client_auth_san_dns: 'a', tls_client_auth_san_uri: 'b' }, 'invalid_client_metadata'],
]

for (const [metadata, error] of refusedMetadata) {
  test(`the metadata ${JSON.stringify(metadata)} is refused as ${error} [A7]`, async () => {
    await using there = await registrationWorld()
    const { status, body } = await there.register(metadata)
    assert.deepEqual([status, body.error], [400, error])
    assert.equal((await there.session.load()).clients.length, 1)
  })
}

test('an update may not say what the server says, nor speak for another client [A7]', async () => {
  await using there = await registrationWorld()
  const { body } = await there.register({})
  const { client_id, registration_access_token: token, registration_client_uri: uri } = body
  for (const more of [
    { client_id: 'onboarding' },
    { client_id, registration_access_token: token },
    { client_id, registration_client_uri: uri },
    { client_id, client_secret_expires_at: 1 },
    { client_id, client_id_issued_at: 1 },
  ]) {
    assert.equal((await there.send('PUT', uri, token, more)).status, 400)
  }
  assert.equal((await there.send('PUT', uri, token, {})).status, 400)
})

test('registering needs an access token for the issuer with the scope register [A7]', async () => {
  await using there = await registrationWorld()
  const { body } = await there.register({ scope: 'decisions:read' })
  const ownToken = (await there.tokenFor(body.client_id, body.client_secret)).body.access_token
  for (const [token, status, error] of [
    [undefined, 401, undefined],
    ['garbage', 401, 'invalid_token'],
    [ownToken, 401, 'invalid_token'],
    [await there.initialToken('other'), 403, 'insufficient_scope'],
  ] as const) {
    const refused = await there.send('POST', url, token, {})
    assert.deepEqual([refused.status, refused.body.error], [status, error])
  }
})

test('everybody may register where that was said, until the registry is full [A7]', async () => {
  await using there = await registrationWorld({ access: 'open', clientsMax: 2 })
  assert.equal((await there.send('POST', url, undefined, {})).status, 201)
  const refused = await there.send('POST', url, undefined, {})
  assert.deepEqual([refused.status, refused.body.error], [503, 'temporarily_unavailable'])
  assert.equal(refused.headers.get('retry-after'), '1')
})

test('there is no registration unless it is configured, and the metadata says where it is [A5] [A7]', async () => {
  const metadataUrl = `${the.issuer}/.well-known/oauth-authorization-server`
  await using without = await registrationWorld('none')
  assert.equal((await without.server.fetch(new Request(url, { method: 'POST' }))).status, 404)
  await using there = await registrationWorld()
  const documented = async ({ server }: World) => {
    const response = await server.fetch(new Request(metadataUrl))
    return ((await response.json()) as { readonly registration_endpoint?: string })
      .registration_endpoint
  }
  assert.deepEqual([await documented(without), await documented(there)], [undefined, url])
})

test('what is not a JSON object, or comes by another method, is refused without a word of it [A7]', async () => {
  await using there = await registrationWorld()
  const token = await there.initialToken()
  for (const body of [
    '',
    '[]',
    'hidden',
    '{"a":1,"a":2}',
    '{"a":',
    `{"a":"${'x'.repeat(17_000)}"}`,
  ]) {
    const refused = await there.send('POST', url, token, body)
    assert.ok(refused.status === 400 || refused.status === 413)
    assert.equal(JSON.stringify(refused.body).includes('hidden'), false)
  }
  const put = await there.send('PUT', url, token, {})
  assert.deepEqual([put.status, put.headers.get('allow')], [405, 'POST'])
  const post = await there.send('POST', `${url}?client_id=x`, token, {})
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, PUT, DELETE'])
  const form = await there.server.fetch(
    new Request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ client_name: 'x' }),
    }),
  )
  assert.equal(form.status, 415)
})

test('no metadata makes the endpoint fail [A7]', async () => {
  await using there = await registrationWorld()
  const token = await there.initialToken()
  const name = fc.constantFrom(
    ...['client_name', 'grant_types', 'response_types', 'redirect_uris', 'scope', 'jwks'],
    ...['jwks_uri', 'token_endpoint_auth_method', 'dpop_bound_access_tokens', '__proto__'],
    ...['tls_client_auth_san_dns', 'software_statement', 'client_id', 'status', 'headers'],
  )
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, fc.jsonValue(), { maxKeys: 6 }), async (metadata) => {
      const { status } = await there.send('POST', url, token, metadata)
      assert.ok(status === 201 || status === 400)
    }),
    { numRuns: 100 },
  )
})

for (const [options, message] of [
  [{ access: 'everybody' }, /registration.access/],
  [{ clientsMax: 0 }, /registration.clientsMax/],
  [{ authenticationMethods: ['none'] }, /registration.authenticationMethods/],
  [{ granst: [] }, /registration.granst/],
] as const) {
  test(`the registration options ${JSON.stringify(options)} are refused by name`, async () => {
    await assert.rejects(registrationWorld(options as RegistrationOptions), (error) => {
      return error instanceof TypeError && message.test(error.message)
    })
  })
}
