/** What each preset refuses before anything is sent, and where it lets a secret go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createTokenClient,
  type PresetName,
  privateKeyJwt,
  type TokenClientOptions,
} from '@mintmark/client'
import { fixtureKeys, the } from '@mintmark/testkit'
import { failureOf } from '../client-world.ts'
import { presetWorld, services } from '../preset-world.ts'

test('refuses at once what a service is known to refuse, and names the option [S7]', () => {
  const id = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490'
  const rows: readonly [PresetName, Partial<TokenClientOptions>, message: RegExp][] = [
    ['auth0', { audience: undefined as unknown as string }, /^audience: /],
    ['auth0', { issuer: 'https://tenant.eu.auth0.com' }, /^issuer: .*slash/],
    ['auth0', { issuer: 'https://tenant.eu.auth0.com/oauth/' }, /^issuer: /],
    ['okta', { scope: '' }, /^scope: /],
    ['okta', { issuer: 'https://dev-1234.okta.com/oauth2/default/' }, /^issuer: /],
    ['okta', { issuer: 'https://dev-1234.okta.com/oauth2/default/v1' }, /^issuer: /],
    ['okta', { issuer: 'https://dev-1234.okta.com' }, /^clientAuthentication: /],
    ['entra', { scope: '' }, /^scope: /],
    ['entra', { scope: 'api://orders/read' }, /^scope: /],
    ['entra', { scope: 'api://orders/.default api://other/.default' }, /^scope: /],
    ['entra', { resource: 'api://orders' }, /^resource: /],
    ['entra', { issuer: 'https://login.microsoftonline.com/common/v2.0' }, /^issuer: /],
    ['entra', { issuer: 'https://login.microsoftonline.com/example.com/v2.0' }, /^issuer: /],
    ['entra', { issuer: `https://login.microsoftonline.com/${id}` }, /^issuer: /],
    ['keycloak', { issuer: 'https://sso.example' }, /^issuer: /],
    ['keycloak', { issuer: 'https://sso.example/realms/demo/' }, /^issuer: /],
    ['cognito', { scope: 'openid' }, /^scope: /],
    ['cognito', { scope: 'orders/read email' }, /^scope: /],
    ['cognito', { issuer: 'https://partner.auth.eu-west-1.amazoncognito.com' }, /^issuer: /],
  ]
  for (const [name, options, message] of rows) {
    assert.throws(
      () => presetWorld(name, options),
      (error) => error instanceof TypeError && message.test(error.message),
      `${name} ${JSON.stringify(options)}`,
    )
  }
})

test('accepts what looks odd and is right all the same [S7]', () => {
  const id = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490'
  const key = privateKeyJwt({ key: fixtureKeys.ES256 })
  const rows: readonly [PresetName, Partial<TokenClientOptions>][] = [
    ['auth0', { audience: undefined as unknown as string, resource: 'https://orders.example/' }],
    ['auth0', { issuer: 'https://login.northwind.example/' }],
    ['okta', { issuer: 'https://dev-1234.okta.com', clientAuthentication: key }],
    ['okta', { issuer: 'https://login.northwind.example/oauth2/aus1a2b3' }],
    ['entra', { issuer: `https://login.microsoftonline.us/${id}/v2.0` }],
    ['entra', { issuer: `https://${id}.ciamlogin.com/${id.toUpperCase()}/v2.0` }],
    ['keycloak', { issuer: 'https://sso.example/auth/realms/demo' }],
    ['cognito', { scope: 'https://orders.example/read' }],
    ['cognito', { issuer: 'http://127.0.0.1:9229/local_1' }],
  ]
  for (const [name, options] of rows) assert.doesNotThrow(() => presetWorld(name, options), name)
})

test('checks what each view asks for, too [S7]', () => {
  const { client } = presetWorld('entra')
  assert.throws(() => client.for({ scope: 'User.Read' }), /^TypeError: scope: /)
  assert.doesNotThrow(() => client.for({ scope: 'https://graph.microsoft.com/.default' }))
})

test('trusts the token endpoint of Cognito on the domain of the pool, and nowhere else [C12] [S7]', async () => {
  const elsewhere = [
    'https://partner.auth.eu-west-2.amazoncognito.com',
    'https://partner.auth.eu-west-1.amazoncognito.com.evil.example',
    'https://evil.example',
    'https://partner.auth.eu-west-1.amazoncognito.com:8443',
    'https://evil.example/.auth.eu-west-1.amazoncognito.com',
  ]
  for (const domain of elsewhere) {
    const { client, standIn } = presetWorld('cognito', {}, { domain })
    const { code } = await failureOf(client.token())
    assert.deepEqual([code, standIn.tokenRequests.length], ['token_endpoint_foreign', 0], domain)
  }
  const domain = 'https://tokens.northwind.example'
  const listed = presetWorld('cognito', { tokenEndpointOrigins: [domain] }, { domain })
  await listed.client.token()
  assert.equal(listed.standIn.tokenRequests.length, 1)
})

test('trusts no foreign token endpoint of any other service [C12] [S7]', async () => {
  for (const name of ['credicorp', 'auth0', 'okta', 'entra', 'keycloak'] as const) {
    const { standIn } = presetWorld(name)
    const urls: string[] = []
    const client = createTokenClient({
      preset: name,
      issuer: standIn.issuer,
      clientId: the.clientId,
      clientSecret: the.clientSecret,
      ...services[name].request,
      transport: async (input) => {
        urls.push(String(input))
        const token_endpoint = 'https://partner.auth.eu-west-1.amazoncognito.com/oauth2/token'
        return Response.json({
          issuer: standIn.issuer,
          token_endpoint,
          response_types_supported: [],
        })
      },
    })
    const { code } = await failureOf(client.token())
    assert.deepEqual([code, urls.length], ['token_endpoint_foreign', 1], name)
  }
})
