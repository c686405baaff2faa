/**
 * Other people's clients that know the token endpoint and little more: each gets a token from our server with ordinary
 * credentials, and with odd ones in every way in which it writes them.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuth2Client } from '@badgateway/oauth2-client'
import { responderListener, startLoopbackServer } from '@mintmark/testkit'
import { ClientCredentials } from 'simple-oauth2'
import { auth, ClientCredentialsProvider } from './adapters/mcp-sdk.ts'
import { type ThirdPartyWorld, thirdPartyWorld } from './third-party-world.ts'

for (const credentials of ['plain', 'odd'] as const) {
  for (const credentialsEncodingMode of ['strict', 'loose'] as const) {
    test(`simple-oauth2 gets a token with ${credentials} credentials, ${credentialsEncodingMode} [A1]`, async (t) => {
      const world = await thirdPartyWorld(t)
      const client = simpleOauth2(world, credentials, { credentialsEncodingMode })
      const { token } = await client.getToken({ scope: 'read' })
      assert.equal((await world.verified(token.access_token)).client_id, world[credentials].id)
      assert.equal(token.scope, 'read')
    })
  }

  for (const bodyFormat of ['form', 'json'] as const) {
    test(`simple-oauth2 gets a token with ${credentials} credentials in a ${bodyFormat} body [A1]`, async (t) => {
      const world = await thirdPartyWorld(t)
      const options = { bodyFormat, authorizationMethod: 'body' } as const
      const { token } = await simpleOauth2(world, credentials, options).getToken({ scope: 'write' })
      assert.equal((await world.verified(token.access_token)).client_id, world[credentials].id)
    })
  }

  const methods = [
    'client_secret_basic',
    'client_secret_post',
    // Of all characters it encodes the colon alone, so that a percent sign beside one cannot be read.
    ...(credentials === 'plain' ? (['client_secret_basic_interop'] as const) : []),
  ] as const
  for (const authenticationMethod of methods) {
    const how = `${credentials} credentials by ${authenticationMethod}`
    test(`@badgateway/oauth2-client finds the server, and gets a token with ${how} [A1] [A5]`, async (t) => {
      const world = await thirdPartyWorld(t)
      const { id: clientId, secret: clientSecret } = world[credentials]
      const server = world.issuer
      const client = new OAuth2Client({ server, clientId, clientSecret, authenticationMethod })
      const token = await client.clientCredentials({ scope: ['read'], resource: world.resource })
      assert.equal((await world.verified(token.accessToken)).client_id, clientId)
      assert.equal((await client.introspect(token)).active, true)
      await client.revoke(token)
      assert.equal((await client.introspect(token)).active, false)
    })
  }

  test(`the MCP SDK gets a token for an API that it was sent to, with ${credentials} credentials [A1]`, async (t) => {
    const protectedResource = /^\/\.well-known\/oauth-protected-resource/
    const api = await startLoopbackServer(
      responderListener(({ url }) =>
        protectedResource.test(new URL(url).pathname)
          ? Response.json({ resource, authorization_servers: [world.issuer] })
          : new Response(null, { status: 404 }),
      ),
    )
    t.after(() => api.close())
    const resource = `${api.origin}/mcp`
    const world: ThirdPartyWorld = await thirdPartyWorld(t, resource)
    const { id: clientId, secret: clientSecret } = world[credentials]
    const provider = new ClientCredentialsProvider({
      ...{ clientId, clientSecret, scope: 'read', expectedIssuer: world.issuer },
    })
    const discoveryState = () => discovered(world)
    const discovering = Object.assign(provider, { discoveryState })
    assert.equal(await auth(discovering, { serverUrl: resource }), 'AUTHORIZED')
    const claims = await world.verified(provider.tokens()?.access_token)
    assert.deepEqual([claims.client_id, claims.scope, claims.aud], [clientId, 'read', resource])
  })
}

/**
 * What the MCP SDK discovers. Against RFC 8414 section 2 it reads no metadata without an authorization endpoint, also
 * where no grant type has a use for one; so that member is put in for it.
 */
async function discovered({ issuer }: ThirdPartyWorld) {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
  const metadata = (await response.json()) as {
    issuer: string
    token_endpoint: string
    response_types_supported: string[]
  }
  const authorizationServerMetadata = { ...metadata, authorization_endpoint: `${issuer}/none` }
  return { authorizationServerUrl: issuer, authorizationServerMetadata }
}

test('simple-oauth2 revokes a token, whatever it thinks of an answer without a body [A5]', async (t) => {
  const world = await thirdPartyWorld(t)
  const token = await simpleOauth2(world, 'plain', {}).getToken({ scope: 'read' })
  // It wants JSON, also where RFC 7009 section 2.2 has nothing to say.
  await token.revoke('access_token').catch(() => undefined)
  const { id: clientId, secret: clientSecret } = world.plain
  const judge = new OAuth2Client({ server: world.issuer, clientId, clientSecret })
  const accessToken = String(token.token.access_token)
  const held = { ...(await judge.clientCredentials()), accessToken }
  assert.equal((await judge.introspect(held)).active, false)
})

test('simple-oauth2 gets no token for a scope beyond the ceiling [A1]', async (t) => {
  const world = await thirdPartyWorld(t)
  const asking = simpleOauth2(world, 'plain', {}).getToken({ scope: 'admin' })
  await assert.rejects(asking, /Bad Request/)
})

function simpleOauth2(
  world: ThirdPartyWorld,
  credentials: 'plain' | 'odd',
  options: NonNullable<ConstructorParameters<typeof ClientCredentials>[0]['options']>,
): ClientCredentials {
  return new ClientCredentials({
    client: world[credentials],
    auth: { tokenHost: world.issuer, tokenPath: '/oauth/token', revokePath: '/oauth/revoke' },
    options,
  })
}
