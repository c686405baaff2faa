/**
 * Both sides ours and nothing but a name on each: `mintmark serve --dialect NAME` as a process, the client with the
 * preset of the same name, and an API behind the guard. Then the same servers for somebody else's client.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTokenClient, type PresetName, TokenAcquisitionError } from '@mintmark/client'
import { the } from '@mintmark/testkit'
import * as oidc from 'openid-client'
import { scope, servingWorld, startApi } from './cli-world.ts'

const shapes = [
  ['credicorp', '/partner/v1/oauth/token', 900, 'S1'],
  ['myparcel', '/access-token', 86_400, 'S4'],
  ['firsty', '/api/v3/auth/token', 86_400, 'S5'],
] as const satisfies readonly (readonly [PresetName, string, number, string])[]

for (const [name, path, lifetimeSeconds, requirement] of shapes) {
  test(`${name}: dialect and preset understand each other by name alone [${requirement}] [S6]`, async (context) => {
    const { server, clientSecret, folder } = await servingWorld(context, ['--dialect', name])
    const api = await startApi(context, server.issuer)
    assert.equal(server.tokenEndpoint, server.origin + path)
    const connect = (secret: string) =>
      createTokenClient({
        preset: name,
        issuer: server.issuer,
        clientId: the.clientId,
        clientSecret: secret,
      })
    const client = connect(clientSecret)
    const calls = Array.from({ length: 20 }, () => client.fetch(`${api}/decisions`))
    for (const response of await Promise.all(calls)) assert.equal(response.status, 200)
    const { expiresAt } = await client.token()
    const secondsLeft = (expiresAt.getTime() - Date.now()) / 1000
    assert.ok(secondsLeft > lifetimeSeconds - 30 && secondsLeft <= lifetimeSeconds)
    const obtained = client.explain().filter(({ event }) => event.type === 'token_obtained')
    assert.equal(obtained.length, 1)

    const writer = client.for({ scope: 'applications:write', allowedOrigins: [api] })
    const refused = await writer.fetch(`${api}/decisions`)
    assert.equal(refused.status, 403)
    assert.match(refused.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/)

    const stranger = connect('mm_not_the_secret')
    await assert.rejects(stranger.token(), (error) => {
      assert.ok(error instanceof TokenAcquisitionError)
      assert.deepEqual([error.code, error.httpStatus], ['client_refused', 401])
      return true
    })
    await assert.rejects(client.for({ scope: 'admin' }).token(), (error) => {
      assert.ok(error instanceof TokenAcquisitionError)
      assert.deepEqual([error.code, error.oauthError], ['request_refused', 'invalid_scope'])
      return true
    })
    await Promise.all([client.dispose(), stranger.dispose()])

    const argv = ['token', '--preset', name, '--issuer', server.issuer, '--client-id', the.clientId]
    const variables = { MINTMARK_CLIENT_SECRET: clientSecret }
    const fetched = await folder.document(argv, { variables })
    assert.ok(Math.abs(Number(fetched.expires_in) - lifetimeSeconds) <= 5)
  })
}

test('firsty and credicorp: openid-client finds them and sends its form to them [S1] [S5]', async (context) => {
  for (const [name, path] of shapes) {
    if (name === 'myparcel') continue
    const { server, clientSecret } = await servingWorld(context, ['--dialect', name])
    const configuration = await oidc.discovery(
      new URL(server.issuer),
      the.clientId,
      undefined,
      oidc.ClientSecretPost(clientSecret),
      { algorithm: 'oauth2', execute: [oidc.allowInsecureRequests] },
    )
    assert.equal(configuration.serverMetadata().token_endpoint, server.origin + path)
    const tokens = await oidc.clientCredentialsGrant(configuration, { scope })
    assert.equal(tokens.scope, scope)
    const { active } = await oidc.tokenIntrospection(configuration, tokens.access_token)
    assert.equal(active, true)
  }
})

test('myparcel: the request of its documentation, byte for byte, gets the documented answer [S4]', async (context) => {
  const { server, clientSecret } = await servingWorld(context, ['--dialect', 'myparcel'])
  const response = await fetch(`${server.origin}/access-token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: `{
  "grant_type": "client_credentials",
  "client_id": "${the.clientId}",
  "client_secret": "${clientSecret}",
  "scope": "*"
}`,
  })
  assert.equal(response.headers.get('content-type'), 'application/json')
  const answer = (await response.json()) as Record<string, unknown>
  assert.deepEqual(Object.keys(answer).sort(), ['access_token', 'expires_in', 'token_type'])
  assert.deepEqual([answer.token_type, answer.expires_in], ['Bearer', 86_400])
})
