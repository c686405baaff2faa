/** What each preset fills in, against stand-ins of the services. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientSecretBasic, type PresetName } from '@mintmark/client'
import { the } from '@mintmark/testkit'
import { failureOf } from '../client-world.ts'
import { presetNames, presetWorld, services } from '../preset-world.ts'

test('gets a token from every service with preset, credentials and what it asks for [S1] [S4] [S5] [S7]', async () => {
  for (const name of presetNames) {
    const { client, standIn, urls } = presetWorld(name)
    const token = await client.token()
    assert(standIn.admits(token.reveal()), name)
    assert.equal(urls.at(-1), standIn.tokenEndpoint, name)
    assert.equal(standIn.tokenRequests.length, 1, name)
  }
})

test('sends the credentials the way each service documents [S1] [S4] [S5] [S7]', async () => {
  const form = 'application/x-www-form-urlencoded'
  const shapes: Record<PresetName, readonly [mediaType: string, where: 'header' | 'body']> = {
    credicorp: [form, 'body'],
    myparcel: ['application/json', 'body'],
    firsty: [form, 'body'],
    auth0: [form, 'body'],
    okta: [form, 'header'],
    entra: [form, 'body'],
    keycloak: [form, 'header'],
    cognito: [form, 'header'],
  }
  for (const name of presetNames) {
    const { client, standIn } = presetWorld(name)
    await client.token()
    const [request] = standIn.tokenRequests
    const { client_secret, ...parameters } = request?.parameters ?? {}
    const isInBody = client_secret === the.clientSecret
    const isInHeader = request?.basic?.clientSecret === the.clientSecret
    const [mediaType, where] = shapes[name]
    assert.equal(request?.mediaType, mediaType, name)
    assert.deepEqual([isInBody, isInHeader], [where === 'body', where === 'header'], name)
    const asked: Record<string, string> = { ...services[name].request }
    if (name === 'myparcel') asked.scope = '*'
    if (where === 'body') asked.client_id = the.clientId
    assert.deepEqual(parameters, { grant_type: 'client_credentials', ...asked }, name)
  }
})

test('reads one metadata document, the one that the service has [S7] [C12]', async () => {
  for (const name of presetNames) {
    const { client, urls } = presetWorld(name)
    await client.token()
    const documents = urls.slice(0, -1).map((url) => url.split('/.well-known/')[1])
    const expected =
      name === 'myparcel' || name === 'firsty'
        ? []
        : [name === 'credicorp' ? 'oauth-authorization-server' : 'openid-configuration']
    assert.deepEqual(documents, expected, name)
  }
})

test('keeps the tokens for as long as each service says, in whatever form it says so [C2] [S7]', async () => {
  const lifetimes: Record<PresetName, number> = {
    credicorp: 900,
    myparcel: 86_400,
    firsty: 86_400,
    auth0: 86_400,
    okta: 3600,
    entra: 3599,
    keycloak: 300,
    cognito: 3600,
  }
  for (const name of presetNames) {
    const { client, clock } = presetWorld(name)
    const { expiresAt } = await client.token()
    assert.equal((expiresAt.getTime() - clock.wallMs()) / 1000, lifetimes[name], name)
  }
  const version1 = presetWorld('entra', {
    tokenEndpoint:
      'https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/oauth2/token',
    scope: '',
    resource: 'api://orders',
  })
  const { expiresAt } = await version1.client.token()
  assert.equal((expiresAt.getTime() - version1.clock.wallMs()) / 1000, 3599)
})

test('renews a long token of Entra ID when its refresh_in says so [C3] [S7]', async () => {
  const { client, clock, standIn } = presetWorld('entra', {}, { lifetimeSeconds: 86_400 })
  await client.token()
  await clock.advance(43_199_000)
  await client.token()
  assert.equal(standIn.tokenRequests.length, 1)
  await clock.advance(1_000)
  await client.token()
  await clock.advance(0)
  assert.equal(standIn.tokenRequests.length, 2)
})

test('renews a token of Firsty 300 s before its end, and not long before that [S5]', async () => {
  const { client, clock, standIn } = presetWorld('firsty')
  await client.token()
  await clock.advance((86_400 - 331) * 1000)
  await client.token()
  await clock.advance(0)
  assert.equal(standIn.tokenRequests.length, 1)
  await clock.advance(31_000)
  await client.token()
  await clock.advance(0)
  assert.equal(standIn.tokenRequests.length, 2)
})

test('lets what the caller chose win over a preset [S1] [S4]', async () => {
  const { client, standIn } = presetWorld('myparcel', {
    tokenEndpoint: 'https://auth.sandbox.myparcel.com/access-token',
    clientAuthentication: clientSecretBasic(the.clientSecret),
    scope: 'shipments.show',
  })
  await failureOf(client.token())
  const [request] = standIn.tokenRequests
  assert.equal(request?.basic?.clientSecret, the.clientSecret)
  assert.equal(request.mediaType, 'application/x-www-form-urlencoded')
  assert.deepEqual(request.parameters, {
    grant_type: 'client_credentials',
    scope: 'shipments.show',
  })
  const window = { fromShare: 0.5, toShare: 0.5 }
  const early = presetWorld('firsty', { renewal: window })
  await early.client.token()
  await early.clock.advance(43_200_000)
  await early.client.token()
  await early.clock.advance(0)
  assert.equal(early.standIn.tokenRequests.length, 2)
})
