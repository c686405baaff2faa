import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientSecretBasic, createTokenClient } from '@mintmark/client'
import {
  createScriptedTransport,
  FakeClock,
  jsonResponse,
  scriptedTokenEndpoint,
  seededRandom,
  some,
} from '@mintmark/testkit'

const credentials = { clientId: 'partner-a', clientSecret: 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa' }

function ports() {
  const network = createScriptedTransport()
  return { network, clock: new FakeClock(), random: seededRandom(1), transport: network.transport }
}

test('speaks to the Credicorp partner ring: metadata, form body, credentials in the body [S1]', async () => {
  const { network, ...world } = ports()
  const issuer = 'https://credicorp.example'
  const tokenEndpoint = `${issuer}/partner/v1/oauth/token`
  network.respond(
    `${issuer}/.well-known/oauth-authorization-server`,
    jsonResponse(some.serverMetadata({ issuer, token_endpoint: tokenEndpoint })),
  )
  network.respond(tokenEndpoint, scriptedTokenEndpoint().responder)
  const scope = 'applications:write decisions:read'
  const client = createTokenClient({ issuer, ...credentials, scope, preset: 'credicorp', ...world })
  await client.token()
  const [request] = network.requestsTo(tokenEndpoint)
  assert.equal(request?.headers.get('authorization'), null)
  assert.equal(request?.headers.get('content-type'), 'application/x-www-form-urlencoded')
  assert.deepEqual(Object.fromEntries(new URLSearchParams(request?.body)), {
    grant_type: 'client_credentials',
    scope,
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
  })
})

test('speaks to MyParcel.com: POST /access-token with a JSON body and every scope [S4]', async () => {
  const { network, ...world } = ports()
  const issuer = 'https://auth.myparcel.example'
  const answer = {
    token_type: 'Bearer',
    expires_in: 86_400,
    access_token: 'header.claims.signature',
  }
  network.respond(`${issuer}/access-token`, () => jsonResponse(answer))
  const client = createTokenClient({ issuer, ...credentials, preset: 'myparcel', ...world })
  const token = await client.token()
  assert.equal(token.expiresAt.getTime(), world.clock.wallMs() + 86_400_000)
  const [request] = network.requests
  assert.equal(network.requests.length, 1)
  assert.equal(request?.method, 'POST')
  assert.equal(request?.headers.get('content-type'), 'application/json')
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    grant_type: 'client_credentials',
    scope: '*',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
  })
})

test('queues calls that come while the token is expired and releases them together [S4]', async () => {
  const { network, ...world } = ports()
  const issuer = 'https://auth.myparcel.example'
  const api = 'https://api.myparcel.example/shipments'
  const endpoint = scriptedTokenEndpoint({
    expiresInSeconds: 86_400,
    overrides: { scope: undefined },
  })
  network.respond(`${issuer}/access-token`, endpoint.responder)
  network.respond(api, () => {
    return new Response('{}', { headers: { 'content-type': 'application/vnd.api+json' } })
  })
  const client = createTokenClient({ issuer, ...credentials, preset: 'myparcel', ...world })
  await client.warm()
  await world.clock.advance(86_400_000)
  endpoint.hold()
  const headers = { accept: 'application/vnd.api+json' }
  const calls = Array.from({ length: 50 }, () => client.fetch(api, { headers }))
  await world.clock.advance(3_000)
  assert.equal(network.requestsTo(api).length, 0)
  endpoint.release()
  for (const response of await Promise.all(calls)) assert.equal(response.status, 200)
  assert.equal(endpoint.requestCount, 2)
  for (const request of network.requestsTo(api)) {
    assert.equal(request.headers.get('accept'), 'application/vnd.api+json')
    assert.equal(request.headers.get('authorization'), `Bearer ${endpoint.token(2)}`)
  }
})

test('lets what the caller chose win over a preset [S1] [S4]', async () => {
  const { network, ...world } = ports()
  const tokenEndpoint = 'https://elsewhere.example/token'
  network.respond(tokenEndpoint, scriptedTokenEndpoint({ overrides: { scope: 'a' } }).responder)
  const client = createTokenClient({
    tokenEndpoint,
    clientId: credentials.clientId,
    clientAuthentication: clientSecretBasic(credentials.clientSecret),
    scope: 'a',
    preset: 'myparcel',
    ...world,
  })
  await client.token()
  const [request] = network.requests
  assert.match(request?.headers.get('authorization') ?? '', /^Basic /)
  assert.deepEqual(Object.fromEntries(new URLSearchParams(request?.body)), {
    grant_type: 'client_credentials',
    scope: 'a',
  })
})
