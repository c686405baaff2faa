/**
 * The authorization server judged by software that is not ours: `openid-client` and `oauth4webapi` find it, get tokens
 * from it, introspect and revoke them; `jose` verifies what they got, by the keys that the metadata names.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'

const resource = 'https://api.example'
const clientId = 'third-party'
let running: RunningServer
let clientSecret: string

before(async () => {
  running = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:') }),
  })
  const { registry } = running.server
  await registry.createResource({ id: resource, scope: 'read write' })
  const created = await registry.createClient({ id: clientId, scope: 'read write' })
  assert.ok(created.ok)
  clientSecret = created.value.clientSecret?.reveal() ?? ''
})

after(() => running.close())

async function verified(token: string) {
  const { issuer } = running.server
  const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
  const { jwks_uri } = metadata as { jwks_uri: string }
  const keys = createRemoteJWKSet(new URL(jwks_uri))
  return await jwtVerify(token, keys, { issuer, audience: resource, typ: 'at+jwt' })
}

for (const [name, authentication] of [
  ['client_secret_basic', oidc.ClientSecretBasic],
  ['client_secret_post', oidc.ClientSecretPost],
] as const) {
  test(`openid-client discovers the server and gets a token with ${name} that jose verifies [A1] [A5]`, async () => {
    const server = new URL(running.server.issuer)
    const options = { algorithm: 'oauth2' as const, execute: [oidc.allowInsecureRequests] }
    const configuration = await oidc.discovery(
      server,
      clientId,
      undefined,
      authentication(clientSecret),
      options,
    )
    const tokens = await oidc.clientCredentialsGrant(configuration, { scope: 'read', resource })
    assert.equal(tokens.token_type, 'bearer')
    assert.equal(tokens.expires_in, 900)
    const { payload } = await verified(tokens.access_token)
    assert.equal(payload.scope, 'read')
    const before = await oidc.tokenIntrospection(configuration, tokens.access_token)
    await oidc.tokenRevocation(configuration, tokens.access_token)
    const afterwards = await oidc.tokenIntrospection(configuration, tokens.access_token)
    assert.deepEqual([before.active, afterwards.active], [true, false])
  })
}

async function discovered(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(running.server.issuer)
  const options = { algorithm: 'oauth2' as const, [oauth.allowInsecureRequests]: true }
  return await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
}

const insecure = { [oauth.allowInsecureRequests]: true }

test('oauth4webapi accepts every part of a token response, and the token as one of RFC 9068 [A1] [A4]', async () => {
  const server = await discovered()
  const client = { client_id: clientId }
  const authentication = oauth.ClientSecretBasic(clientSecret)
  const parameters = new URLSearchParams({ scope: 'read write', resource })
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    authentication,
    parameters,
    insecure,
  )
  const result = await oauth.processClientCredentialsResponse(server, client, response)
  const headers = { authorization: `Bearer ${result.access_token}` }
  const claims = await oauth.validateJwtAccessToken(
    server,
    new Request(resource, { headers }),
    resource,
    insecure,
  )
  assert.equal(claims.client_id, clientId)
  assert.equal(claims.scope, 'read write')
})

test('oauth4webapi reads refusals with their codes [A1]', async () => {
  const server = await discovered()
  const client = { client_id: clientId }
  const attempt = async (secret: string, parameters: Record<string, string>): Promise<unknown> => {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(secret),
      new URLSearchParams(parameters),
      insecure,
    )
    return await oauth
      .processClientCredentialsResponse(server, client, response)
      .catch((error) => error)
  }
  // A 401 carries a challenge, which oauth4webapi reports instead of the body's code.
  const wrongSecret = await attempt('wrong', {})
  assert.ok(wrongSecret instanceof oauth.WWWAuthenticateChallengeError)
  assert.equal(wrongSecret.cause[0]?.scheme, 'basic')
  const scope = await attempt(clientSecret, { scope: 'admin' })
  assert.ok(scope instanceof oauth.ResponseBodyError && scope.error === 'invalid_scope')
  const target = await attempt(clientSecret, { resource: 'https://other.example' })
  assert.ok(target instanceof oauth.ResponseBodyError && target.error === 'invalid_target')
})

test('an id with reserved characters gets in with the Basic credentials of oauth4webapi [A1]', async () => {
  const odd = 'svc:eu/west+1%20@x'
  const created = await running.server.registry.createClient({ id: odd, scope: 'read' })
  assert.ok(created.ok)
  const server = await discovered()
  const client = { client_id: odd }
  const authentication = oauth.ClientSecretBasic(created.value.clientSecret?.reveal() ?? '')
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    authentication,
    new URLSearchParams(),
    insecure,
  )
  const result = await oauth.processClientCredentialsResponse(server, client, response)
  const { payload } = await verified(result.access_token)
  assert.equal(payload.client_id, odd)
})
