import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basicOf, otherAudience, type Serving, sendTokenRequest, serving, the } from '../serving.ts'

const form = { grant_type: 'client_credentials' }

interface Refused {
  readonly title: string
  readonly request: (world: Serving) => Promise<Response>
  readonly status: number
  readonly error: string
  readonly reason: string
}

const authorized = (
  world: Serving,
  parameters: Record<string, string> | string,
): Promise<Response> => world.post('/oauth/token', parameters, { authorization: world.basic })

const refused: readonly Refused[] = [
  {
    title: 'GET',
    request: (world) => world.server.fetch(new Request(the.tokenEndpoint)),
    status: 405,
    error: 'invalid_request',
    reason: 'method_not_allowed',
  },
  {
    title: 'PUT',
    request: (world) =>
      world.server.fetch(new Request(the.tokenEndpoint, { method: 'PUT', body: 'x' })),
    status: 405,
    error: 'invalid_request',
    reason: 'method_not_allowed',
  },
  ...[
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/x-www-form-urlencoded2',
  ].map((type) => ({
    title: `content type ${type}`,
    request: (world: Serving) =>
      sendTokenRequest(world, 'grant_type=client_credentials', {
        authorization: world.basic,
        'content-type': type,
      }),
    status: 415,
    error: 'invalid_request',
    reason: 'media_type_not_supported',
  })),
  {
    title: 'a body of more than 16 KiB',
    request: (world) => authorized(world, `${'a=b&'.repeat(5_000)}grant_type=client_credentials`),
    status: 413,
    error: 'invalid_request',
    reason: 'body_too_large',
  },
  ...[
    ['a percent sign without digits', 'grant_type=client_credentials&scope=%zz'],
    ['invalid UTF-8 in triplets', 'grant_type=client_credentials&scope=%ff%fe'],
    ['a raw non-ASCII character', 'grant_type=client_credentials&scope=é'],
    ['a hundred parameters', Array.from({ length: 100 }, (_, at) => `p${at}=1`).join('&')],
  ].map(([title, body]) => ({
    title: title as string,
    request: (world: Serving) => sendForm(world, body as string),
    status: 400,
    error: 'invalid_request',
    reason: 'body_malformed',
  })),
  ...['grant_type', 'scope', 'client_id', 'foo'].map((name) => ({
    title: `${name} sent twice`,
    request: (world: Serving) =>
      authorized(world, `grant_type=client_credentials&${name}=a&${name}=a`),
    status: 400,
    error: 'invalid_request',
    reason: 'parameter_repeated',
  })),
  {
    title: 'Basic and a secret in the body',
    request: (world) => authorized(world, { ...form, client_secret: world.secret }),
    status: 400,
    error: 'invalid_request',
    reason: 'several_authentication_methods',
  },
  {
    title: 'Basic and a client assertion',
    request: (world) => authorized(world, { ...form, client_assertion: 'a.b.c' }),
    status: 400,
    error: 'invalid_request',
    reason: 'several_authentication_methods',
  },
  {
    title: 'different client ids in header and body',
    request: (world) => authorized(world, { ...form, client_id: 'somebody-else' }),
    status: 400,
    error: 'invalid_request',
    reason: 'client_ids_differ',
  },
  {
    title: 'no credentials',
    request: (world) => world.post('/oauth/token', form),
    status: 401,
    error: 'invalid_client',
    reason: 'credentials_missing',
  },
  {
    title: 'a client id without a secret',
    request: (world) => world.post('/oauth/token', { ...form, client_id: the.clientId }),
    status: 401,
    error: 'invalid_client',
    reason: 'credentials_missing',
  },
  ...[
    'Bearer abc',
    'Basic',
    'Basic !!!',
    `Basic ${btoa('no colon')}`,
    `Basic ${btoa(':only-secret')}`,
    'Negotiate abc',
  ].map((authorization) => ({
    title: `the Authorization header "${authorization}"`,
    request: (world: Serving) => world.post('/oauth/token', form, { authorization }),
    status: 401,
    error: 'invalid_client',
    reason: 'credentials_malformed',
  })),
  {
    title: 'an unknown client',
    request: (world) =>
      world.post('/oauth/token', form, { authorization: basicOf('nobody', world.secret) }),
    status: 401,
    error: 'invalid_client',
    reason: 'client_unknown',
  },
  {
    title: 'a wrong secret',
    request: (world) =>
      world.post('/oauth/token', form, { authorization: basicOf(the.clientId, 'wrong') }),
    status: 401,
    error: 'invalid_client',
    reason: 'secret_wrong',
  },
  {
    title: 'the secret cut short by one character',
    request: (world) =>
      world.post('/oauth/token', form, {
        authorization: basicOf(the.clientId, world.secret.slice(0, -1)),
      }),
    status: 401,
    error: 'invalid_client',
    reason: 'secret_wrong',
  },
  {
    title: 'a secret of 8,000 characters',
    request: (world) =>
      world.post('/oauth/token', {
        ...form,
        client_id: the.clientId,
        client_secret: 's'.repeat(8_000),
      }),
    status: 401,
    error: 'invalid_client',
    reason: 'secret_wrong',
  },
  {
    title: 'no grant type',
    request: (world) => authorized(world, { scope: 'decisions:read' }),
    status: 400,
    error: 'invalid_request',
    reason: 'grant_type_missing',
  },
  ...['authorization_code', 'password', 'CLIENT_CREDENTIALS', 'client_credentials '].map(
    (grant_type) => ({
      title: `the grant type "${grant_type}"`,
      request: (world: Serving) => authorized(world, { grant_type }),
      status: 400,
      error: 'unsupported_grant_type',
      reason: 'grant_type_not_supported',
    }),
  ),
  ...['a  b', ' a', 'a\nb', 'a"b', 'a\\b', 'é'].map((scope) => ({
    title: `the scope ${JSON.stringify(scope)}`,
    request: (world: Serving) => authorized(world, { ...form, scope }),
    status: 400,
    error: 'invalid_scope',
    reason: 'scope_malformed',
  })),
  {
    title: 'a scope that the client may not have',
    request: (world) => authorized(world, { ...form, scope: 'decisions:read other:read' }),
    status: 400,
    error: 'invalid_scope',
    reason: 'scope_exceeds_ceiling',
  },
  ...['not-a-uri', '/relative', 'https://api.example#fragment'].map((resource) => ({
    title: `the resource "${resource}"`,
    request: (world: Serving) => authorized(world, { ...form, resource }),
    status: 400,
    error: 'invalid_target',
    reason: 'resource_malformed',
  })),
  {
    title: 'a resource of somebody else',
    request: (world) => authorized(world, { ...form, resource: otherAudience }),
    status: 400,
    error: 'invalid_target',
    reason: 'resource_not_granted',
  },
  ...[
    '[]',
    '"x"',
    'null',
    '{"grant_type":"client_credentials"',
    '{"a":1}',
    '{"scope":null}',
    '{"a":{"b":"c"}}',
    '﻿{}',
  ].map((body) => ({
    title: `the JSON body ${body}`,
    request: (world: Serving) =>
      sendTokenRequest(world, body, {
        authorization: world.basic,
        'content-type': 'application/json',
      }),
    status: 400,
    error: 'invalid_request',
    reason: 'body_malformed',
  })),
]

for (const { title, request, status, error, reason } of refused) {
  test(`the token endpoint refuses ${title} with ${status} ${error} [A1]`, async () => {
    await using world = await serving()
    const response = await request(world)
    const text = await response.text()
    assert.equal(response.status, status, text)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(JSON.parse(text).error, error)
    assert.deepEqual(Object.keys(JSON.parse(text)), ['error', 'error_description', 'error_uri'])
    assert.equal(
      response.headers.get('www-authenticate'),
      status === 401 ? 'Basic realm="token endpoint"' : null,
    )
    assert.equal(response.headers.get('allow'), status === 405 ? 'POST' : null)
    const event = world.events.at(-1)
    assert.equal(event?.type === 'request_refused' && event.reason, reason)
    assert.equal(world.server.explainRefusal(JSON.parse(text).error_uri)?.reason, reason)
  })
}

function sendForm(world: Serving, body: string): Promise<Response> {
  const type = 'application/x-www-form-urlencoded'
  return sendTokenRequest(world, body, { authorization: world.basic, 'content-type': type })
}
