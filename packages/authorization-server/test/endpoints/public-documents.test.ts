import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseIssuer, parseServerMetadata } from '@mintmark/protocol'
import type { DialectName } from '../../src/index.ts'
import { serving, the } from '../serving.ts'

const places: readonly (readonly [
  issuer: string,
  dialect: DialectName,
  document: string,
  token: string,
])[] = [
  ['https://issuer.example', 'default', '/.well-known/oauth-authorization-server', '/oauth/token'],
  ['https://issuer.example/', 'default', '/.well-known/oauth-authorization-server', '/oauth/token'],
  [
    'https://issuer.example/t1',
    'default',
    '/.well-known/oauth-authorization-server/t1',
    '/t1/oauth/token',
  ],
  [
    'https://issuer.example',
    'credicorp',
    '/.well-known/oauth-authorization-server',
    '/partner/v1/oauth/token',
  ],
  [
    'https://issuer.example',
    'myparcel',
    '/.well-known/oauth-authorization-server',
    '/access-token',
  ],
  [
    'https://issuer.example',
    'firsty',
    '/.well-known/oauth-authorization-server',
    '/api/v3/auth/token',
  ],
]

for (const [issuer, dialect, path, token] of places) {
  test(`metadata of ${issuer} as ${dialect} is at ${path} and names its own endpoints [A5]`, async () => {
    await using world = await serving(dialect, issuer)
    const response = await world.server.fetch(new Request(`https://issuer.example${path}`))
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/json')
    const expected = parseIssuer(issuer)
    assert.ok(expected.ok)
    const metadata = parseServerMetadata(await response.text(), expected.value)
    assert.ok(metadata.ok)
    assert.equal(metadata.value.tokenEndpoint, `https://issuer.example${token}`)
    assert.equal(world.server.tokenEndpoint, metadata.value.tokenEndpoint)
    const probe = await world.server.fetch(
      new Request(metadata.value.tokenEndpoint, { method: 'POST' }),
    )
    assert.equal(probe.status, 415)
    const keys = await world.server.fetch(new Request(metadata.value.jwksUri ?? ''))
    assert.equal(keys.status, 200)
  })
}

test('metadata is 404 under any path that is not the issuer’s [A5]', async () => {
  await using world = await serving('default', 'https://issuer.example/t1')
  for (const path of ['', '/t2', '/t1/', '/t1/x', '/T1']) {
    const url = `https://issuer.example/.well-known/oauth-authorization-server${path}`
    assert.equal((await world.server.fetch(new Request(url))).status, 404)
  }
  const appended = 'https://issuer.example/t1/.well-known/oauth-authorization-server'
  assert.equal((await world.server.fetch(new Request(appended))).status, 404)
})

test('the JWK Set holds public members only and may be cached for as long as keys are announced [A8]', async () => {
  await using world = await serving()
  const response = await world.server.fetch(new Request(the.jwksUri))
  assert.equal(response.headers.get('cache-control'), 'public, max-age=300')
  const { keys } = (await response.json()) as { keys: Record<string, string>[] }
  assert.equal(keys.length, 1)
  assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
})

test('public documents answer GET and HEAD, and 405 to the rest', async () => {
  await using world = await serving()
  for (const url of [the.jwksUri, the.metadataUrl]) {
    const head = await world.server.fetch(new Request(url, { method: 'HEAD' }))
    const post = await world.server.fetch(new Request(url, { method: 'POST', body: 'x' }))
    assert.deepEqual([head.status, post.status, post.headers.get('allow')], [200, 405, 'GET, HEAD'])
  }
})

test('a path that is nobody’s is 404 with a JSON body', async () => {
  await using world = await serving()
  const response = await world.server.fetch(
    new Request(`${the.issuer}/oauth/token/`, { method: 'POST', body: 'x' }),
  )
  assert.equal(response.status, 404)
  assert.deepEqual(await response.json(), { error: 'not_found' })
})

test('the metadata lists what a client has to know, and nothing empty but what must be there [A5] [A7]', async () => {
  await using world = await serving()
  const response = await world.server.fetch(new Request(the.metadataUrl))
  const document = (await response.json()) as Record<string, unknown>
  const algorithms = ['ES256', 'EdDSA', 'RS256', 'PS256']
  const { token_endpoint_auth_methods_supported: methods, ...others } = document
  assert.deepEqual(methods, [
    ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
  ])
  for (const endpoint of ['introspection', 'revocation']) {
    assert.deepEqual(document[`${endpoint}_endpoint_auth_methods_supported`], methods)
  }
  for (const endpoint of ['token', 'introspection', 'revocation']) {
    const listed = document[`${endpoint}_endpoint_auth_signing_alg_values_supported`]
    assert.deepEqual(listed, [...algorithms, 'HS256'])
    assert.ok(Array.isArray(listed) && !listed.includes('none'))
  }
  assert.deepEqual(document.dpop_signing_alg_values_supported, algorithms)
  assert.ok(!('tls_client_certificate_bound_access_tokens' in document))
  assert.deepEqual(document.mintmark_request_body_types_supported, [
    'application/x-www-form-urlencoded',
    'application/json',
  ])
  assert.ok(!('authorization_details_types_supported' in document))
  assert.ok(!('scopes_supported' in document))
  const empty = Object.entries(others).filter(([, value]) => Array.isArray(value) && !value.length)
  assert.deepEqual(empty, [['response_types_supported', []]])
})

test('an origin for clients with a certificate is named with every endpoint for clients [A5] [A7]', async () => {
  await using world = await serving('default', `${the.issuer}/tenant`, {
    ...{ mutualTlsOrigin: 'https://mtls.example', registration: { access: 'open' } },
  })
  const metadata = '/.well-known/oauth-authorization-server/tenant'
  const response = await world.server.fetch(new Request(the.issuer + metadata))
  const document = (await response.json()) as Record<string, unknown>
  const aliases = document.mtls_endpoint_aliases as Record<string, string>
  assert.deepEqual(Object.keys(aliases), [
    ...['token_endpoint', 'introspection_endpoint'],
    ...['revocation_endpoint', 'registration_endpoint'],
  ])
  for (const [name, url] of Object.entries(aliases)) {
    assert.equal(url, String(document[name]).replace(the.issuer, 'https://mtls.example'))
  }
  assert.equal(document.tls_client_certificate_bound_access_tokens, true)
})

test('the origin for certificates is another than the issuer, and nothing but an origin [A5]', async () => {
  const { origin } = new URL(the.issuer)
  const wrong = [origin, 'https://x.example/', 'https://x.example/a', 'http://x.example', 'x', '']
  for (const mutualTlsOrigin of wrong) {
    const making = serving('default', the.issuer, { mutualTlsOrigin })
    await assert.rejects(making, { name: 'TypeError', message: /"mutualTlsOrigin"/ })
  }
})

for (const clientCertificate of ['connection', { header: 'Client-Cert' }] as const) {
  const how = clientCertificate === 'connection' ? 'a connection' : 'a proxy'
  test(`where certificates come by ${how} the metadata lists what they are good for [A5] [A6] [A7]`, async () => {
    await using world = await serving('default', the.issuer, {
      clientCertificate,
      trustedProxies: ['10.0.0.0/8'],
    })
    const response = await world.server.fetch(new Request(the.metadataUrl))
    const document = (await response.json()) as Record<string, unknown>
    assert.equal(document.tls_client_certificate_bound_access_tokens, true)
    for (const endpoint of ['token', 'introspection', 'revocation']) {
      const methods = document[`${endpoint}_endpoint_auth_methods_supported`]
      assert.ok(Array.isArray(methods))
      assert.deepEqual(methods.slice(-2), ['tls_client_auth', 'self_signed_tls_client_auth'])
    }
  })
}
