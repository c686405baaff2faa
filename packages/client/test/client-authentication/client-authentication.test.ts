import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  clientSecretBasic,
  clientSecretJson,
  clientSecretPost,
  selfSignedTlsClientAuth,
  tlsClientAuth,
} from '@mintmark/client'
import { findSecret, the } from '@mintmark/testkit'
import { clientWorld } from '../client-world.ts'

const id = 'partner a:b'
const secret = 'se cret/+&=%ü:x9'

async function sentBy(clientAuthentication: ReturnType<typeof clientSecretPost>) {
  const world = clientWorld({ clientAuthentication, clientId: id, resource: ['urn:b', 'urn:a'] })
  await world.client.token()
  const [request] = world.network.requestsTo(the.tokenEndpoint)
  assert(request)
  return request
}

test('sends id and secret form-encoded in the header by default [C11]', async () => {
  const { headers, body } = await sentBy(clientSecretBasic(secret))
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1)
  assert.equal(headers.get('authorization'), `Basic ${btoa(`${encode(id)}:${encode(secret)}`)}`)
  assert.equal(headers.get('content-type'), 'application/x-www-form-urlencoded')
  assert.equal(headers.get('accept'), 'application/json')
  assert.deepEqual(
    [...new URLSearchParams(body)],
    [
      ['grant_type', 'client_credentials'],
      ['scope', the.scope],
      ['resource', 'urn:a'],
      ['resource', 'urn:b'],
    ],
  )
})

test('sends id and secret as they are in the header when told to [C11]', async () => {
  const world = clientWorld({
    clientAuthentication: clientSecretBasic(secret, { encoding: 'raw' }),
  })
  await world.client.token()
  const header = world.network.requests[0]?.headers.get('authorization')
  const octets = Buffer.from(`${the.clientId}:${secret}`).toString('base64')
  assert.equal(header, `Basic ${octets}`)
})

test('sends id and secret in the form body [C11]', async () => {
  const { headers, body } = await sentBy(clientSecretPost(secret))
  assert.equal(headers.get('authorization'), null)
  const sent = new URLSearchParams(body)
  assert.equal(sent.get('client_id'), id)
  assert.equal(sent.get('client_secret'), secret)
})

test('sends everything as a JSON object [C11]', async () => {
  const { headers, body } = await sentBy(clientSecretJson(secret))
  assert.equal(headers.get('authorization'), null)
  assert.equal(headers.get('content-type'), 'application/json')
  assert.deepEqual(JSON.parse(body), {
    grant_type: 'client_credentials',
    scope: the.scope,
    resource: ['urn:a', 'urn:b'],
    client_id: id,
    client_secret: secret,
  })
})

test('leaves the proof to the certificate of the connection [C11]', async () => {
  for (const [method, name] of [
    [tlsClientAuth, 'tls_client_auth'],
    [selfSignedTlsClientAuth, 'self_signed_tls_client_auth'],
  ] as const) {
    assert.equal(method().method, name)
    const { headers, body } = await sentBy(method())
    assert.equal(headers.get('authorization'), null)
    const sent = new URLSearchParams(body)
    assert.equal(sent.get('client_id'), id)
    assert.deepEqual([...new Set(sent.keys())].sort(), [
      'client_id',
      'grant_type',
      'resource',
      'scope',
    ])
  }
})

test('asks a function for the secret before each token request [C11]', async () => {
  const secrets = ['first-secret-of-two', 'second-secret-of-two']
  const clientSecret = () => Promise.resolve(secrets.shift() ?? 'none')
  const { client, network } = clientWorld({ clientAuthentication: clientSecretPost(clientSecret) })
  await client.token()
  client.forget()
  await client.token()
  const sent = network.requests.map(({ body }) => new URLSearchParams(body).get('client_secret'))
  assert.deepEqual(sent, ['first-secret-of-two', 'second-secret-of-two'])
})

test('refuses unusable secrets and options without naming them [C10]', () => {
  assert.throws(() => clientSecretBasic(''), TypeError)
  assert.throws(() => clientSecretPost(7 as unknown as string), TypeError)
  assert.throws(() => clientSecretJson('\udc00'), TypeError)
  assert.throws(() => clientSecretBasic('a', { encoding: 'base64' as 'raw' }), /encoding/)
})

test('prints no secret, whatever prints a method [C10]', () => {
  for (const method of [clientSecretBasic, clientSecretPost, clientSecretJson]) {
    const authentication = method(the.clientSecret)
    const printed = inspect(authentication, { depth: 9, showHidden: true })
    assert.equal(findSecret(printed + JSON.stringify(authentication), the.clientSecret), undefined)
  }
})
