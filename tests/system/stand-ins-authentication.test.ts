/** The ways to authenticate that single services document, besides a secret, over real HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAssertion, clientSecretPost, dpop, privateKeyJwt } from '@mintmark/client'
import { publicJwkOf } from '@mintmark/jwt'
import {
  auth0StandIn,
  cognitoStandIn,
  entraStandIn,
  fixtureKeys,
  oktaStandIn,
} from '@mintmark/testkit'
import { importJWK, SignJWT } from 'jose'
import { acquisitionError, serviceWorld } from './service-world.ts'

const entra = { preset: 'entra', scope: 'api://orders/.default' } as const
const key = fixtureKeys.RS256
const publicKey = publicJwkOf(key)
/** The SHA-256 of a certificate, in base64url. */
const certificateThumbprint = 'hOBcHZi846VCHSJbFAs26Go9VTQ-hOBcHZi846VCHSI'

test('auth0: an assertion names the tenant with the slash at the end, by default [S7] [C11]', async (context) => {
  const standIn = auth0StandIn({ key: publicKey })
  const world = await serviceWorld(context, standIn)
  const clientAuthentication = privateKeyJwt({ key })
  const client = world.connect({
    preset: 'auth0',
    audience: 'https://orders.example/',
    clientAuthentication,
  })
  assert.equal((await client.fetch(world.api)).status, 200)
  client.forget()
  await client.token()
  assert.equal(standIn.tokenRequests.length, 2)
})

test('okta: an assertion names the token endpoint, on both kinds of server [S7] [C11]', async (context) => {
  for (const server of ['default', 'organisation'] as const) {
    const standIn = oktaStandIn({ server, key: publicKey })
    const world = await serviceWorld(context, standIn)
    const clientAuthentication = privateKeyJwt({ key })
    const client = world.connect({ preset: 'okta', scope: 'orders.read', clientAuthentication })
    assert.equal((await client.fetch(world.api)).status, 200, server)
    assert.equal(standIn.tokenRequests.length, 1, server)
  }
})

test('okta: a proof goes along, made again with the nonce of the server [S7] [C13]', async (context) => {
  const standIn = oktaStandIn({ server: 'organisation', key: publicKey, requiresProof: true })
  const world = await serviceWorld(context, standIn)
  const clientAuthentication = privateKeyJwt({ key })
  const senderBinding = dpop()
  const options = { preset: 'okta', scope: 'orders.read', clientAuthentication } as const
  const client = world.connect({ ...options, senderBinding })
  assert.equal((await client.fetch(world.api)).status, 200)
  assert.equal(standIn.tokenRequests.length, 2)
  assert.match(world.apiRequests[0]?.headers.get('authorization') ?? '', /^DPoP /)
  assert.ok(world.apiRequests[0]?.headers.has('dpop'))
  const ids = standIn.tokenRequests.map(({ parameters }) => parameters.client_assertion)
  assert.notEqual(ids[0], ids[1])
  client.forget()
  await client.token()
  assert.equal(standIn.tokenRequests.length, 3)
})

test('entra: an assertion by certificate has its thumbprint [S7] [C11]', async (context) => {
  const certificate = { key: publicKey, thumbprint: certificateThumbprint }
  const standIn = entraStandIn({ certificate })
  const world = await serviceWorld(context, standIn)
  const algorithm = 'RS256'
  const clientAuthentication = privateKeyJwt({ key, algorithm, certificateThumbprint })
  const client = world.connect({ ...entra, clientAuthentication })
  assert.equal((await client.fetch(world.api)).status, 200)
  const without = privateKeyJwt({ key, algorithm })
  const refused = world.connect({ ...entra, clientAuthentication: without })
  const { code } = acquisitionError(await refused.token().catch((error: unknown) => error))
  assert.equal(code, 'client_refused')
})

test('entra: a workload gets in with the assertion of its platform alone [S7] [C11]', async (context) => {
  const cluster = {
    issuer: 'https://cluster.example',
    subject: 'system:serviceaccount:shop:orders',
  }
  const standIn = entraStandIn({ federation: { key: publicJwkOf(fixtureKeys.ES256), ...cluster } })
  const world = await serviceWorld(context, standIn)
  const clusterKey = await importJWK({ ...fixtureKeys.ES256 }, 'ES256')
  const platformToken = (subject: string) => () =>
    new SignJWT()
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(cluster.issuer)
      .setSubject(subject)
      .setAudience('api://AzureADTokenExchange')
      .setExpirationTime('10m')
      .sign(clusterKey)
  const connect = (subject: string) =>
    world.connect({
      ...entra,
      clientAuthentication: clientAssertion(platformToken(subject)),
    })
  assert.equal((await connect(cluster.subject).fetch(world.api)).status, 200)
  const refused = await connect('system:serviceaccount:other:pod')
    .token()
    .catch((error: unknown) => error)
  assert.equal(acquisitionError(refused).code, 'client_refused')
})

test('cognito: the body may hold the credentials as well [S7] [C11]', async (context) => {
  const standIn = cognitoStandIn()
  const world = await serviceWorld(context, standIn)
  const clientAuthentication = clientSecretPost(standIn.client.clientSecret)
  const client = world.connect({ preset: 'cognito', clientAuthentication })
  assert.equal((await client.fetch(world.api)).status, 200)
})
