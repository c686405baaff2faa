/**
 * Tokens bound to a key (RFC 9449) and authorization details (RFC 9396) of our server, over a real port, with the
 * clients of others and with ours.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  type AuthorizationServerOptions,
  createAuthorizationServer,
  listen,
  sqlite,
} from '@mintmark/authorization-server'
import { createTokenClient, dpop } from '@mintmark/client'
import { fixtureKeys } from '@mintmark/testkit'
import { calculateJwkThumbprint, createRemoteJWKSet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'

const resource = 'https://api.example'
const clientId = 'bound-client'
const scope = 'read write'

/** A server whose one client has to use DPoP; it ends with the test. */
async function boundServer(
  context: TestContext,
  options: Partial<AuthorizationServerOptions> & { readonly tokenFormat?: 'jwt' | 'opaque' } = {},
) {
  const { tokenFormat = 'jwt', ...more } = options
  const running = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:'), ...more }),
  })
  context.after(() => running.close())
  const { registry, issuer } = running.server
  const types = { authorizationDetailsTypes: ['decision'] }
  const settings = { ...types, authorizationDetailsMembers: { decision: ['amount'] } }
  await registry.createResource({ id: resource, scope, tokenFormat, settings })
  const created = await registry.createClient({
    ...{ id: clientId, scope },
    settings: { ...types, senderConstraint: 'dpop' },
  })
  assert.ok(created.ok)
  const clientSecret = created.value.clientSecret?.reveal() ?? ''
  const keys = createRemoteJWKSet(new URL(`${issuer}/oauth/jwks`))
  const claimsOf = async (token: string) =>
    (await jwtVerify(token, keys, { issuer, audience: resource, typ: 'at+jwt' })).payload
  return { issuer, clientSecret, claimsOf }
}

for (const dpopNonces of ['optional', 'required'] as const) {
  test(`oauth4webapi gets a bound token and introspects it, nonces ${dpopNonces} [A5] [A7]`, async (context) => {
    const { issuer, clientSecret, claimsOf } = await boundServer(context, { dpopNonces })
    const insecure = { [oauth.allowInsecureRequests]: true }
    const url = new URL(issuer)
    const discovered = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure })
    const server = await oauth.processDiscoveryResponse(url, discovered)
    assert.ok(server.dpop_signing_alg_values_supported?.includes('ES256'))
    const client: oauth.Client = { client_id: clientId }
    const authentication = oauth.ClientSecretBasic(clientSecret)
    const pair = await oauth.generateKeyPair('ES256', { extractable: true })
    const DPoP = oauth.DPoP(client, pair)
    const ask = async () => {
      const options = { DPoP, ...insecure }
      const form = new URLSearchParams({ scope })
      const answer = await oauth.clientCredentialsGrantRequest(
        ...([server, client, authentication, form, options] as const),
      )
      return oauth.processClientCredentialsResponse(server, client, answer)
    }
    const tokens = await ask().catch((error: unknown) => {
      assert.ok(dpopNonces === 'required' && oauth.isDPoPNonceError(error))
      return ask()
    })
    assert.equal(tokens.token_type, 'dpop')
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const jkt = await calculateJwkThumbprint(jwk as Parameters<typeof calculateJwkThumbprint>[0])
    assert.deepEqual((await claimsOf(tokens.access_token)).cnf, { jkt })
    const asked = await oauth.introspectionRequest(
      ...([server, client, authentication, tokens.access_token, insecure] as const),
    )
    const about = await oauth.processIntrospectionResponse(server, client, asked)
    assert.deepEqual([about.active, about.token_type, about.cnf?.jkt], [true, 'DPoP', jkt])
  })
}

test('openid-client gets a bound token where nonces are required, and none without a proof [A7]', async (context) => {
  const { issuer, clientSecret, claimsOf } = await boundServer(context, { dpopNonces: 'required' })
  const configuration = await oidc.discovery(
    new URL(issuer),
    clientId,
    undefined,
    oidc.ClientSecretPost(clientSecret),
    { algorithm: 'oauth2', execute: [oidc.allowInsecureRequests] },
  )
  const pair = await oidc.randomDPoPKeyPair('ES256')
  const DPoP = oidc.getDPoPHandle(configuration, pair)
  const tokens = await oidc.clientCredentialsGrant(configuration, { scope }, { DPoP })
  assert.equal(tokens.token_type, 'dpop')
  assert.ok((await claimsOf(tokens.access_token)).cnf)
  await assert.rejects(oidc.clientCredentialsGrant(configuration, { scope }), {
    error: 'invalid_dpop_proof',
  })
})

test('oauth4webapi verifies a signed introspection answer [A5]', async (context) => {
  const { issuer, clientSecret } = await boundServer(context)
  const insecure = { [oauth.allowInsecureRequests]: true }
  const url = new URL(issuer)
  const discovered = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure })
  const server = await oauth.processDiscoveryResponse(url, discovered)
  const client: oauth.Client = { client_id: clientId, introspection_signed_response_alg: 'ES256' }
  const authentication = oauth.ClientSecretBasic(clientSecret)
  const options = { requestJwtResponse: true, ...insecure }
  const answer = await oauth.introspectionRequest(
    ...([server, client, authentication, 'no-token', options] as const),
  )
  const about = await oauth.processIntrospectionResponse(server, client, answer)
  assert.equal(about.active, false)
  await oauth.validateApplicationLevelSignature(server, answer, insecure)
})

for (const tokenFormat of ['jwt', 'opaque'] as const) {
  test(`our client gets bound ${tokenFormat} tokens, and what it asks for in detail [A7] [C13]`, async (context) => {
    const world = await boundServer(context, { dpopNonces: 'required', tokenFormat })
    const { issuer, clientSecret, claimsOf } = world
    const authorizationDetails = [{ type: 'decision', actions: ['read'], amount: { max: 5 } }]
    const client = createTokenClient({
      ...{ issuer, clientId, clientSecret, scope, authorizationDetails },
      senderBinding: dpop({ key: fixtureKeys.EdDSA }),
    })
    context.after(() => client.dispose())
    const token = await client.token()
    assert.equal(token.tokenType, 'DPoP')
    if (tokenFormat === 'opaque') {
      assert.match(token.reveal(), /^mo_/)
      return
    }
    const claims = await claimsOf(token.reveal())
    assert.deepEqual(claims.cnf, { jkt: await calculateJwkThumbprint(fixtureKeys.EdDSA) })
    assert.deepEqual(claims.authorization_details, authorizationDetails)
    const other = client.for({ authorizationDetails: [{ type: 'unknown' }] })
    await assert.rejects(other.token(), { oauthError: 'invalid_authorization_details' })
  })
}
