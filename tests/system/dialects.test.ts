/** The shapes of known systems over real HTTP: the requests that their documentation shows, and their answers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createAuthorizationServer,
  type DialectName,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { createTokenClient } from '@mintmark/client'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const resource = 'https://api.example'

interface Served extends AsyncDisposable {
  readonly running: RunningServer
  readonly origin: string
  readonly clientSecret: string
}

async function serve(dialect: DialectName, scope: string): Promise<Served> {
  const running = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:'), dialect }),
  })
  const { registry } = running.server
  await registry.createResource({ id: resource, scope })
  const created = await registry.createClient({ id: 'partner-a', scope })
  assert.ok(created.ok)
  return {
    running,
    origin: running.origin,
    clientSecret: created.value.clientSecret?.reveal() ?? '',
    [Symbol.asyncDispose]: () => running.close(),
  }
}

const partnerScope = 'applications:write decisions:read'

function postForm(url: string, parameters: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(parameters) })
}

test('credicorp: a form with the credentials in the body gets a JWT that the published keys verify [S1]', async () => {
  await using served = await serve('credicorp', partnerScope)
  const credentials = { client_id: 'partner-a', client_secret: served.clientSecret }
  const response = await postForm(`${served.origin}/partner/v1/oauth/token`, {
    grant_type: 'client_credentials',
    ...credentials,
    scope: partnerScope,
  })
  assert.equal(response.status, 200)
  const answer = (await response.json()) as Record<string, string>
  assert.equal(answer.scope, partnerScope)
  const document = await fetch(`${served.origin}/.well-known/oauth-authorization-server`)
  const metadata = (await document.json()) as Record<string, string>
  assert.equal(metadata.token_endpoint, `${served.origin}/partner/v1/oauth/token`)
  assert.equal(metadata.introspection_endpoint, `${served.origin}/partner/v1/oauth/introspect`)
  const keys = createRemoteJWKSet(new URL(String(metadata.jwks_uri)))
  const token = String(answer.access_token)
  await jwtVerify(token, keys, { issuer: served.origin, audience: resource, typ: 'at+jwt' })
  const introspection = await postForm(`${served.origin}/partner/v1/oauth/introspect`, {
    ...credentials,
    token,
  })
  assert.equal(((await introspection.json()) as { active: boolean }).active, true)
})

test('credicorp: the client preset finds everything from the issuer alone [S1]', async () => {
  await using served = await serve('credicorp', partnerScope)
  const client = createTokenClient({
    issuer: served.origin,
    preset: 'credicorp',
    clientId: 'partner-a',
    clientSecret: served.clientSecret,
    scope: 'decisions:read',
  })
  const token = await client.token()
  assert.equal(token.scope, 'decisions:read')
  await client.dispose()
})

test('myparcel: a JSON body with every scope gets exactly the documented answer, valid for a day [S4]', async () => {
  await using served = await serve('myparcel', 'shipments.manage shipments.show')
  const response = await fetch(`${served.origin}/access-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: 'partner-a',
      client_secret: served.clientSecret,
      scope: '*',
    }),
  })
  assert.equal(response.status, 200)
  const { access_token, ...rest } = (await response.json()) as Record<string, unknown>
  assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 86_400 })
  const keys = createRemoteJWKSet(new URL(`${served.origin}/oauth/jwks`))
  const { payload } = await jwtVerify(String(access_token), keys, { issuer: served.origin })
  assert.equal(payload.scope, 'shipments.manage shipments.show')
})

test('myparcel: the client preset asks with JSON for every scope and keeps the token for a day [S4]', async () => {
  await using served = await serve('myparcel', 'shipments.show')
  const client = createTokenClient({
    tokenEndpoint: `${served.origin}/access-token`,
    preset: 'myparcel',
    clientId: 'partner-a',
    clientSecret: served.clientSecret,
  })
  const token = await client.token()
  const claims = JSON.parse(atob(token.reveal().split('.')[1] ?? ''))
  assert.equal(claims.exp - claims.iat, 86_400)
  await client.dispose()
})

test('firsty: a form gets a token of 24 h below /api/v3/auth that the published keys verify [S5]', async () => {
  await using served = await serve('firsty', 'plans:read')
  const response = await postForm(`${served.origin}/api/v3/auth/token`, {
    grant_type: 'client_credentials',
    client_id: 'partner-a',
    client_secret: served.clientSecret,
  })
  assert.equal(response.status, 200)
  const { access_token, token_type, expires_in } = (await response.json()) as Record<
    string,
    unknown
  >
  assert.deepEqual([token_type, expires_in], ['Bearer', 86_400])
  const keys = createRemoteJWKSet(new URL(`${served.origin}/api/v3/auth/jwks`))
  const { payload } = await jwtVerify(String(access_token), keys, { issuer: served.origin })
  assert.equal(Number(payload.exp) - Number(payload.iat), 86_400)
})

for (const [dialect, path] of [
  ['default', '/oauth/token'],
  ['credicorp', '/partner/v1/oauth/token'],
  ['myparcel', '/access-token'],
  ['firsty', '/api/v3/auth/token'],
] as const) {
  test(`${dialect}: form and JSON, Basic and body credentials all work at ${path} [A1]`, async () => {
    await using served = await serve(dialect, 'read')
    const grant = { grant_type: 'client_credentials', scope: 'read' }
    const body = { client_id: 'partner-a', client_secret: served.clientSecret }
    const basic = { authorization: `Basic ${btoa(`partner-a:${served.clientSecret}`)}` }
    const json = { 'content-type': 'application/json' }
    const url = served.origin + path
    const sent: RequestInit[] = [
      { body: new URLSearchParams(grant), headers: basic },
      { body: new URLSearchParams({ ...grant, ...body }) },
      { body: JSON.stringify(grant), headers: { ...basic, ...json } },
      { body: JSON.stringify({ ...grant, ...body }), headers: json },
    ]
    for (const request of sent) {
      const response = await fetch(url, { method: 'POST', ...request })
      assert.equal(response.status, 200, await response.text())
    }
    const elsewhere = await fetch(`${served.origin}/token`, { method: 'POST', body: 'x' })
    assert.equal(elsewhere.status, 404)
  })
}
